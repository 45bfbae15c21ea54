import { expect } from 'chai'
import { createFlow } from '../../server/documents/flow.ts'

const SIZE = 1_300_000
const PIECE = 512 * 1024
const content = Buffer.from(Array.from({ length: SIZE }, (_, place) => place % 251))

/** Flows of one file with two places; who stalls is said by the test. */
function twoPlaces() {
  const stalls = new Set<() => void>()
  const reads: number[] = []
  const flow = createFlow({
    most: 2,
    stalled: (letGo) => {
      stalls.add(letGo)
      return () => void stalls.delete(letGo)
    },
  })
  const pieceAt = (offset: number) => {
    const start = offset - (offset % PIECE)
    reads.push(start)
    return Promise.resolve({ start, bytes: content.subarray(start, start + PIECE) })
  }
  const stall = () => {
    for (const letGo of [...stalls]) letGo()
  }
  return { open: () => flow(SIZE, pieceAt), reads, stalls, stall }
}

const turns = () => new Promise((resolve) => setImmediate(resolve))

async function rest(flow: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const slices: Uint8Array[] = []
  for await (const slice of flow) slices.push(slice)
  return Buffer.concat(slices)
}

describe('files that flow to many', () => {
  it('come whole, in slices that keep nothing of their piece', async () => {
    const { open, reads, stalls } = twoPlaces()
    const slices: Uint8Array[] = []
    for await (const slice of open()) slices.push(slice)
    expect(Buffer.concat(slices).equals(content)).to.equal(true)
    for (const { buffer } of slices) expect(buffer.byteLength).to.be.at.most(64 * 1024)
    expect(reads).to.deep.equal([0, PIECE, 2 * PIECE])
    expect(stalls.size).to.equal(0)
  })

  it('hold few pieces, until one is taken whole or given up', async () => {
    const { open, reads, stall } = twoPlaces()
    const flows = Array.from({ length: 5 }, open)
    const first = flows.map((flow) => flow.next())
    await turns()
    expect(reads).to.have.length(2)
    await flows[0]?.return(undefined)
    await turns()
    expect(reads).to.have.length(3)
    stall()
    await turns()
    expect(reads).to.have.length(5)
    for (const [place, came] of first.entries()) {
      const slice = (await came).value as Uint8Array
      expect(content.subarray(0, 64 * 1024).equals(slice), String(place)).to.equal(true)
    }
    await Promise.all(flows.map((flow) => flow.return(undefined)))
  })

  it('go on where they stalled, with their piece read again', async () => {
    const { open, reads, stall } = twoPlaces()
    const flow = open()
    const first = (await flow.next()).value as Uint8Array
    stall()
    const others = await Promise.all([rest(open()), rest(open())])
    expect(others.every((other) => other.equals(content))).to.equal(true)
    reads.length = 0
    const all = Buffer.concat([first, await rest(flow)])
    expect(all.equals(content)).to.equal(true)
    expect(reads).to.deep.equal([0, PIECE, 2 * PIECE])
  })

  it('give their place back when their piece cannot be read', async () => {
    const { open, reads } = twoPlaces()
    const broken = createFlow({ most: 1, stalled: () => () => undefined })
    const failing = () => broken(SIZE, () => Promise.reject(new Error('missing')))
    for (const one of [failing(), failing()])
      expect(await one.next().catch((error: unknown) => (error as Error).message)).to.equal('missing')
    await rest(open())
    expect(reads).to.have.length(3)
  })
})
