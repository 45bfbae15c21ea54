import { expect } from 'chai'
import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import mongoose, { type Connection } from 'mongoose'
import { createDocuments, type Documents, type StoredDocument } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { place, testReceiver } from './receiver.ts'

const DOWNLOADS = 40

describe('many downloads at once', () => {
  const room = testReceiver()
  const bytes = randomBytes(1_500_000)
  let connection: Connection
  let documents: Documents
  let document: StoredDocument
  let asked: number
  let most: number

  before(async () => {
    const options = { dbName: room.database.connection.name, monitorCommands: true }
    connection = await mongoose.createConnection(process.env['TEST_MONGODB_URI']!, options).asPromise()
    documents = createDocuments({ connection, signing: room.signing, now: () => new Date(), newId })
    document = await room.documents.store(bytes, { ...place, name: 'tavole.pdf', mediaType: 'application/pdf' })
    const client = connection.getClient()
    const underWay = new Set<number>()
    client.on('commandStarted', ({ command, requestId }) => {
      if (command['find'] !== 'documents.chunks' && command['collection'] !== 'documents.chunks') return
      asked += 1
      most = Math.max(most, underWay.add(requestId).size)
    })
    client.on('commandSucceeded', ({ requestId }) => underWay.delete(requestId))
  })
  beforeEach(() => ([asked, most] = [0, 0]))
  after(() => connection.close())

  it('leave the database to the pages: few pieces are asked for at a time', async () => {
    const all = await Promise.all(Array.from({ length: DOWNLOADS }, () => buffer(documents.open(document))))
    expect(all.every((one) => one.equals(bytes))).to.equal(true)
    expect(most).to.be.within(1, 4)
  })

  it('wait for nobody who does not take what came, and read one piece for each of them', async () => {
    const slow = Array.from({ length: DOWNLOADS }, () => stalledBy(documents.open(document)))
    await Promise.all(slow.map(({ stalled }) => stalled))
    expect((await buffer(documents.open(document))).equals(bytes)).to.equal(true)
    expect(asked).to.equal(DOWNLOADS + Math.ceil(bytes.length / (512 * 1024)))
    for (const { end } of slow) await end()
  })
})

/** A download whose visitor takes nothing any more once its first piece came. */
function stalledBy(content: AsyncIterable<Uint8Array>): { stalled: Promise<void>; end: () => Promise<unknown> } {
  let stall: () => void
  const stalled = new Promise<void>((resolve) => (stall = resolve))
  const visitor = new Writable({ highWaterMark: 1, write: () => stall() })
  const sent = pipeline(content, visitor).catch((error: unknown) => error)
  return { stalled, end: () => (visitor.destroy(), sent) }
}
