import { expect } from 'chai'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connectDatabase, createIndexes, watchAbsence } from '../server/database.ts'
import { createDocumentStore } from '../server/documents/document-store.ts'
import { createFilingStore } from '../server/filings/filing-store.ts'
import { createOutboxStore } from '../server/history/outbox-store.ts'
import { createMandateStore } from '../server/mandates/mandate-store.ts'
import { isDatabaseAway } from '../server/shared/database-failure.ts'
import { createInTransaction, sessionOf } from '../server/shared/transaction-store.ts'
import { connectImpatiently, databaseWay } from './support/database-way.ts'
import { testDatabase } from './support/database.ts'

describe('the connection to the database', () => {
  it('is tried again, and not waited for, when it ends between being chosen and being used', async () => {
    const sockets: Socket[] = []
    const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket)
    subscribe('net.client.socket', note)
    const uri = new URL(process.env['TEST_MONGODB_URI'] as string)
    uri.searchParams.set('monitorCommands', 'true')
    const connection = await connectDatabase(uri.href)
    try {
      // Told in the turn in which the command is written; the sockets tell their own end only after it.
      connection.getClient().once('commandStarted', () => sockets.forEach((socket) => socket.destroy()))
      expect(await connection.collection('nothing').findOne({})).to.equal(null)
    } finally {
      unsubscribe('net.client.socket', note)
      await connection.close()
    }
  })

  it('is known to be away when it ends while a large command is being written', async () => {
    const { way, uri, close } = await databaseWay()
    const connection = await connectImpatiently(uri)
    try {
      way.endsAt = 'a large one'
      const large = { name: 'a large one', bytes: Buffer.alloc(15_000_000) }
      const writing = connection.collection('nothing').insertOne(large)
      const failure: unknown = await writing.catch((error: unknown) => error)
      expect(isDatabaseAway(failure), String(failure)).to.equal(true)
    } finally {
      await connection.close()
      close()
    }
  })

  it('is known to be away to who begins a transaction after it has ended', async () => {
    const { uri, close } = await databaseWay()
    const connection = await connectImpatiently(uri)
    try {
      const ended = once(connection, 'disconnected')
      close()
      await ended
      const failure: unknown = await createInTransaction(connection)((transaction) =>
        connection.collection('nothing').findOne({}, { session: sessionOf(transaction) }),
      ).catch((error: unknown) => error)
      expect(isDatabaseAway(failure), String(failure)).to.equal(true)
    } finally {
      await connection.close()
    }
  })

  it('is not waited for while the server hangs, and serves again when it goes on', async () => {
    const { way, uri, close } = await databaseWay()
    const patience = { heartbeatFrequencyMS: 500, connectTimeoutMS: 500, serverSelectionTimeoutMS: 500 }
    const connection = await connectDatabase(uri, patience)
    try {
      const nothing = connection.collection('nothing')
      const find = () => nothing.findOne({})
      expect(await find()).to.equal(null)
      let at = 0
      const absence = watchAbsence(connection, () => new Date(at))
      const told = () => [absence.isAway(), absence.isLasting()]
      expect(told()).to.deep.equal([false, false])
      way.hangs = true
      // The second write finds no server to go to, as the first one found out.
      for (const ask of [find, () => nothing.insertMany([{}]), () => nothing.insertMany([{}])]) {
        const failure: unknown = await ask().catch((error: unknown) => error)
        expect(isDatabaseAway(failure), String(failure)).to.equal(true)
      }
      expect(told(), 'an election may still end it').to.deep.equal([true, false])
      at = 1_500
      expect(told(), 'after whom it kept waiting').to.deep.equal([true, true])
      way.hangs = false
      while ((await find().catch(() => 'still away')) !== null);
      expect(told(), 'as soon as it is back').to.deep.equal([false, false])
    } finally {
      await connection.close()
      close()
    }
  })
})

describe('an index that others have replaced', () => {
  const database = testDatabase()

  it('is dropped from databases that have it', async () => {
    const { connection } = database
    const replaced = [
      ['filings', { municipality: 1, office: 1, state: 1, due: 1 }],
      ['filings', { municipality: 1, 'ground.principalKey': 1 }],
      ['outboxtasks', { state: 1, due: 1 }],
      ['documents', { municipality: 1, sha256: 1 }],
      ['mandates', { municipality: 1, review: 1 }],
    ] as const
    for (const create of [createFilingStore, createOutboxStore, createDocumentStore, createMandateStore])
      create(connection)
    const nameOf = (key: object): string => Object.entries(key).flat().join('_')
    const names = async (): Promise<(string | undefined)[]> => {
      const collections = [...new Set(replaced.map(([name]) => name))]
      const all = collections.map((name) => connection.collection(name).indexes())
      return (await Promise.all(all)).flat().map(({ name }) => name)
    }
    await createIndexes(connection)
    const wanted = await names()
    for (const [name, key] of replaced)
      await connection.db?.command({ createIndexes: name, indexes: [{ key, name: nameOf(key) }] })
    expect(await names()).to.have.length(wanted.length + replaced.length)
    await createIndexes(connection)
    expect(await names()).to.have.members(wanted)
  })
})
