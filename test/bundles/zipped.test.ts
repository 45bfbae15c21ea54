import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { zipped, type ZippedFile } from '../../server/bundles/index.ts'
import { unpacked } from './archive.ts'

const now = new Date('2026-03-02T09:00:00Z')
const PIECE = 64 * 1024

describe('a ZIP as a stream', () => {
  /** Files of which each tells when it is opened and let go. */
  function told(...sizes: number[]) {
    const events: string[] = []
    async function* pieces(path: string, size: number): AsyncGenerator<Uint8Array> {
      events.push(`${path} opened`)
      try {
        for (let left = size; left > 0; left -= PIECE) yield Promise.resolve(randomBytes(Math.min(left, PIECE)))
      } finally {
        events.push(`${path} let go`)
      }
    }
    async function* files(): AsyncGenerator<ZippedFile> {
      try {
        for (const [index, size] of sizes.entries())
          yield Promise.resolve({ path: `f${index}`, content: () => pieces(`f${index}`, size) })
        events.push('end')
      } finally {
        events.push('files let go')
      }
    }
    return { events, stream: zipped(files(), now) }
  }

  it('asks for a file when the one before it was sent', async () => {
    const { events, stream } = told(3, 0, 2 * PIECE)
    const files = unpacked(await buffer(stream))
    expect([...files].map(([path, { length }]) => [path, length])).to.deep.equal([
      ['f0', 3],
      ['f1', 0],
      ['f2', 2 * PIECE],
    ])
    const each = ['f0', 'f1', 'f2'].flatMap((path) => [`${path} opened`, `${path} let go`])
    expect(events).to.deep.equal([...each, 'end', 'files let go'])
  })

  it('gives its first bytes while its files are still being read, and lets all go with who goes', async () => {
    const { events, stream } = told(1_000 * PIECE, 3)
    await once(stream, 'readable')
    expect(stream.read()).to.be.instanceOf(Buffer)
    expect(events).to.deep.equal(['f0 opened'])
    stream.destroy()
    while (events.length < 3) await new Promise(setImmediate)
    expect(events).to.deep.equal(['f0 opened', 'f0 let go', 'files let go'])
  })

  it('breaks where a file cannot be read, or their list', async () => {
    const broken = new Error('gone')
    const fails = async function* (): AsyncGenerator<never> {
      yield* []
      throw await Promise.resolve(broken)
    }
    for (const files of [[{ path: 'f', content: fails }], fails()])
      expect(await buffer(zipped(files, now)).catch((error: unknown) => error)).to.equal(broken)
    const short = {
      path: 'f',
      size: 9,
      content: async function* () {
        yield Promise.resolve(Buffer.from('short'))
      },
    }
    expect(await buffer(zipped([short], now)).catch((error: unknown) => error)).to.be.instanceOf(Error)
  })
})
