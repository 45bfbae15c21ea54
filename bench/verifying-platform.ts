import { createSigning } from '../server/signing/index.ts'
import { startPlatform } from '../test/support/platform.ts'

/** The whole platform in a process of its own that, when told to, also verifies a file many times at once. */
const platform = await startPlatform({ env: { LOG_LEVEL: 'silent' } })
const signing = createSigning({ trustAnchors: platform.env['TRUST_ANCHORS'] ?? '', sealKeys: 'none' })

process.on('message', ({ path, times }: { path: string; times: number }) => {
  void Promise.all(Array.from({ length: times }, () => signing.verify({ path }, 'bench.pdf'))).then(() =>
    process.send?.({ done: true }),
  )
})
process.send?.({ url: platform.url })
process.on('disconnect', () => {
  void platform.stop().then(() => process.exit())
})
