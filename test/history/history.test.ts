import { expect } from 'chai'
import {
  createHistory,
  disclosed,
  verifyChain,
  type History,
  type HistoryEvent,
  type NewEvent,
} from '../../server/history/index.ts'
import { canonicalJson, hashOf } from '../../server/history/chain.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const newEvent = (filing: string, changes: Partial<NewEvent> = {}): NewEvent => ({
  municipality: 'vallechiara',
  filing,
  type: 'submitted',
  at: new Date('2026-03-02T09:15:30.123Z'),
  by: { kind: 'citizen', name: 'Mario Rossi', cf: 'RSSMRA80A01H501U', level: 2 },
  data: { protocol: '0000001/2026', documents: [{ id: 'd1', sha256: 'ab' }], note: null },
  ...changes,
})

describe('the history of a filing', () => {
  const database = testDatabase()
  let history: History
  let inTransaction: InTransaction
  const append = (filing: string, changes?: Partial<NewEvent>) =>
    inTransaction((tx) => history.append(newEvent(filing, changes), tx))
  const threeEvents = async (filing: string) => {
    await append(filing)
    await append(filing, { type: 'taken-in-charge' })
    await append(filing, { type: 'accepted', data: { reasons: 'Sì, è così' } })
    return history.of('vallechiara', filing)
  }

  before(async () => {
    history = createHistory({ connection: database.connection, newId })
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
  })

  it('gives back what was appended, in order, and holds', async () => {
    const events = await threeEvents('f1')
    expect(events.map(({ type, sequence }) => [type, sequence])).to.deep.equal([
      ['submitted', 1],
      ['taken-in-charge', 2],
      ['accepted', 3],
    ])
    expect(events[0]).to.deep.include(newEvent('f1'))
    expect(verifyChain(events)).to.equal(null)
    expect(await history.verify('vallechiara', 'f1')).to.equal(null)
  })

  it('has nothing of a transaction that aborted', async () => {
    const work = inTransaction(async (tx) => {
      await history.append(newEvent('f2'), tx)
      expect(await history.of('vallechiara', 'f2', tx)).to.have.length(1)
      throw new Error('refused')
    })
    await work.catch(() => undefined)
    expect(await history.of('vallechiara', 'f2')).to.deep.equal([])
    expect(await history.verify('vallechiara', 'f2')).to.equal(null)
  })

  it('stays one chain when ten append at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => append('f3')))
    expect(await history.of('vallechiara', 'f3')).to.have.length(10)
    expect(await history.verify('vallechiara', 'f3')).to.equal(null)
  })

  it('finds every field of an event that is altered', async () => {
    const events = await threeEvents('f4')
    const alterations: Partial<HistoryEvent>[] = [
      { at: new Date('2026-03-02T09:15:30.124Z') },
      { type: 'refused' },
      { by: { kind: 'system', name: 'x' } },
      { data: {} },
      { id: 'x' },
      { filing: 'x' },
      { municipality: 'x' },
      { hash: 'x' },
      { previousHash: 'x' },
      { sequence: 9 },
    ]
    for (const alteration of alterations) {
      const altered = events.map((event, index) => (index === 1 ? { ...event, ...alteration } : event))
      expect(verifyChain(altered), JSON.stringify(alteration)).to.match(/^Event 2: /)
    }
  })

  it('finds an altered event whose hash was made again', async () => {
    const [first, second, third] = (await threeEvents('f5')) as [HistoryEvent, HistoryEvent, HistoryEvent]
    const forged = { ...second, data: { forged: true } }
    expect(verifyChain([first, { ...forged, hash: hashOf(forged) }, third])).to.equal(
      'Event 3: does not follow the one before it',
    )
  })

  it('holds without what an officer noted for the office, and not with another note', async () => {
    const by = { kind: 'officer', name: 'Ilaria', cf: 'FNTLRI89E56L219G', role: 'specialist', office: 'suap' } as const
    await append('f9')
    await append('f9', { type: 'signature-refused', by, note: 'Manca un visto.' })
    const events = await history.of('vallechiara', 'f9')
    const copy = events.map(disclosed) as unknown as HistoryEvent[]
    expect(JSON.stringify(events)).to.include('Manca un visto')
    expect(JSON.stringify(copy)).not.to.include('Manca un visto')
    for (const chain of [events, copy]) {
      expect(verifyChain(chain)).to.equal(null)
      for (const place of [0, 1]) {
        const noted = chain.map((event, index) => (index === place ? { ...event, note: 'Va bene.' } : event))
        expect(verifyChain(noted)).to.equal(`Event ${place + 1}: was altered`)
      }
    }
  })

  it('finds dropped, inserted and exchanged events', async () => {
    const [first, second, third] = (await threeEvents('f6')) as [HistoryEvent, HistoryEvent, HistoryEvent]
    for (const events of [
      [second, third],
      [first, third],
      [first, second, second, third],
      [first, third, second],
      [second, first, third],
    ]) {
      expect(verifyChain(events), events.map(({ sequence }) => sequence).join()).to.be.a('string')
    }
  })

  it('finds in the database that the tail was cut off, or all of it', async () => {
    await threeEvents('f7')
    const events = database.connection.collection('historyevents')
    await events.deleteOne({ filing: 'f7', sequence: 3 })
    expect(await history.verify('vallechiara', 'f7')).to.equal('Event 3: missing')
    await events.deleteMany({ filing: 'f7' })
    expect(await history.verify('vallechiara', 'f7')).to.equal('Event 1: missing')
  })

  it('refuses to change or delete an event', async () => {
    await threeEvents('f8')
    const model = database.connection.model('HistoryEvent')
    const attempts: (() => PromiseLike<unknown>)[] = [
      () => model.updateOne({}, { type: 'x' }),
      () => model.findOneAndUpdate({}, { type: 'x' }),
      () => model.deleteOne({}),
      () => model.deleteMany({}),
    ]
    for (const attempt of attempts) {
      const error: unknown = await (async () => {
        await attempt()
      })().catch((e: unknown) => e)
      expect(error, attempt.toString()).to.have.property('message').that.contains('append-only')
    }
  })

  it('hashes the same data to the same bytes whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'è' }], a: new Date(0) })).to.equal(
      '{"a":"1970-01-01T00:00:00.000Z","b":[1,{"c":"è","d":null}]}',
    )
  })
})
