import { startPlatform } from '../test/support/platform.ts'

/** The whole platform in a process of its own, for as long as its parent wants it. */
const platform = await startPlatform({ env: { LOG_LEVEL: 'silent' } })
process.send?.({ url: platform.url, mongoUri: platform.mongoUri })
process.on('disconnect', () => void platform.stop().then(() => process.exit()))
