import { expect } from 'chai'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import type { DocumentId } from '../../server/documents/index.ts'
import { UNLISTED, type Draft, type OfficeOrder, type Submitted } from '../../server/filings/filing.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { draft, sentRow } from '../support/stored-filings.ts'

const at = draft.updatedAt

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('Filing store', () => {
  const database = testDatabase()
  const stored = () => createFilingStore(database.connection)

  beforeEach(async () => {
    await database.connection.collection('filings').deleteMany({})
    await stored().insertDraft(draft)
  })

  it('writes over the revision that was read, and over no other', async () => {
    const changed = { ...draft, answers: { name: 'Elena' } }
    expect(await stored().replace(changed)).to.equal(true)
    expect(await stored().find(draft.municipality, draft.id)).to.deep.equal({ ...changed, revision: 1 })
    expect(await stored().replace(draft)).to.equal(false)
  })

  it('gives all of a person to whoever takes longer than the server keeps a cursor', async () => {
    const { connection } = database
    const rows = Array.from({ length: 120 }, (_, index) => {
      const { id, ...row } = draft
      return { ...row, _id: `${id}-${String(index)}` as never, key: `k${String(index)}` }
    })
    await connection.collection('filings').insertMany(rows)
    const whose = { owner: draft.owner, names: [], mandates: [] }
    const taken = stored().ofPerson(draft.municipality, whose)[Symbol.asyncIterator]() as AsyncIterator<
      Draft,
      undefined
    >
    const ids = [(await taken.next()).value?.id]
    // What the server does with a cursor of which it was asked nothing for ten minutes.
    const idle = [
      { $currentOp: { idleCursors: true } },
      { $match: { type: 'idleCursor', ns: `${connection.name}.filings` } },
    ]
    const admin = connection.getClient().db('admin')
    const kept = await admin.aggregate<{ cursor: { cursorId: unknown } }>(idle, { promoteLongs: false }).toArray()
    const cursors = kept.map(({ cursor }) => cursor.cursorId)
    if (cursors.length > 0) await connection.db?.command({ killCursors: 'filings', cursors })
    for (let next = await taken.next(); !next.done; next = await taken.next()) ids.push(next.value.id)
    expect(new Set(ids).size).to.equal(rows.length + 1)
    expect(ids).to.have.length(rows.length + 1)
  })

  it('gives a receipt once, at whatever revision', async () => {
    const inTransaction = createInTransaction(database.connection)
    const filer = { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: null }
    const sent = { ...draft, state: 'submitted', filer, receipt: null, revision: 7 } as unknown as Submitted
    await database.connection.collection('filings').updateOne({ key: draft.key }, { $set: { ...sent, revision: 8 } })
    const give = (receipt: string) => inTransaction((tx) => stored().addReceipt(sent, receipt as DocumentId, tx))
    expect([await give('first'), await give('second')]).to.deep.equal([true, false])
    expect(await stored().find(draft.municipality, draft.id)).to.include({ receipt: 'first', revision: 9 })
    expect(await stored().replace({ ...sent, revision: 8 })).to.equal(false)
  })

  it('reads one page of a list of the desk, whichever its order, and of a number what has it', async () => {
    const states = ['accepted', 'refused'] as const
    const rows = Array.from({ length: 60 }, (_, number) => sentRow(number, { state: states[number % 2] }))
    const waiting = ['waiting-integration', 'refusal-announced'] as const
    const asked = Array.from({ length: 60 }, (_, number) =>
      sentRow(100 + number, { state: waiting[number % 2], answerBy: `2026-04-${10 + (number % 20)}` }),
    )
    await database.connection.collection('filings').insertMany([...rows, ...asked])
    await modelsReady(database.connection)
    for (const [order, listed] of [
      ['due', states],
      ['newest', states],
      ['answerBy', waiting],
    ] as const) {
      const query = { offices: [draft.office, 'another'], states: listed, order, page: 1, size: 10 }
      const work = () => stored().ofOffices(draft.municipality, query)
      const [find] = await profiledFinds(database.connection, work, 'filings')
      expect(find).to.include({ docsExamined: 10, nreturned: 10 })
    }
    const assigned = { $set: { assignedTo: { cf: 'an-officer', name: 'An Officer' } } }
    await database.connection.collection('filings').updateMany({ 'protocol.number': { $gte: 57 } }, assigned)
    const mine = { offices: [draft.office, 'another'], states, assignedTo: 'an-officer', page: 1, size: 10 }
    const ownWork = () => stored().ofOffices(draft.municipality, mine)
    const [own] = await profiledFinds(database.connection, ownWork, 'filings')
    expect(own).to.include({ docsExamined: 3, nreturned: 3 })
    const numbered = { offices: [draft.office], protocol: { number: 7 }, page: 1, size: 10 }
    const search = () => stored().ofOffices(draft.municipality, numbered)
    const [found] = await profiledFinds(database.connection, search, 'filings')
    expect(found).to.include({ docsExamined: 1, nreturned: 1 })
  })

  describe('lists of a person', () => {
    const others = Array.from({ length: 300 }, (_, number) => row(`o${number}`, `other-${number % 30}`, number))
    const own = Array.from({ length: 20 }, (_, number) => row(`f${number}`, draft.owner, number))
    const mandate = { kind: 'mandate', principalKey: draft.owner }
    const forThem = { ...row('proxy', 'a-proxy', 7), ground: mandate }

    function row(_id: string, owner: string, number: number) {
      const protocol = { year: 2026, number, entry: _id, at: new Date(at.getTime() + number * 1000) }
      const unique = { _id: _id as never, key: _id, verificationCode: _id, protocol }
      const facts = { state: 'in-charge', evidence: { level: 2 }, owner }
      return sentRow(number, { ...unique, ...facts, updatedAt: new Date(at.getTime() + (number + 1) * 1000) })
    }

    beforeEach(async () => {
      await database.connection.collection('filings').insertMany([...others, ...own, forThem])
      await modelsReady(database.connection)
    })
    const seer = (...ids: string[]) => ({
      owner: draft.owner,
      names: [draft.owner, 'a-company'],
      mandates: ids.map((filing) => ({ principalKey: 'other-3', scope: { kind: 'filing' as const, filing } })),
    })
    const listed = (...ids: string[]) => stored().listOf(draft.municipality, seer(...ids), { page: 1, size: 100 })

    it('hold the same filings in the same order, without what was answered', async () => {
      const [whole, list] = [await all(stored().ofPerson(draft.municipality, seer('o3'))), await listed('o3')]
      expect(list).to.have.length(own.length + 3)
      expect(list.map(({ updatedAt }) => updatedAt)).to.deep.equal(whole.map(({ updatedAt }) => updatedAt))
      expect(new Set(list.map(({ id }) => id))).to.deep.equal(new Set(whole.map(({ id }) => id)))
      for (const filing of list) expect(filing).not.to.have.any.keys(...UNLISTED)
      expect(whole[0]).to.have.property('answers')
    })

    it('read no filing of anybody else, and none to put them in order', async () => {
      const [find] = await profiledFinds(database.connection, () => listed(), 'filings')
      // The proxy's is looked at to see that it was sent.
      expect(find?.docsExamined).to.be.lessThan(own.length + 5)
      expect(find).not.to.have.property('hasSortStage')
      const [named] = await profiledFinds(database.connection, () => listed('o3'), 'filings')
      expect(named?.docsExamined).to.be.lessThan(own.length + 8)
    })

    it('of drafts of one procedure read these', async () => {
      const theirs = others
        .slice(0, 5)
        .map((one) => ({ ...draft, _id: `d${String(one._id)}` as never, owner: one.owner, key: 'd' }))
      await database.connection.collection('filings').insertMany(theirs)
      const of = (procedure: string, most = 9) =>
        stored().draftsOf(draft.municipality, draft.owner, { procedure, most })
      const drafts = () => of(draft.procedure.id)
      expect((await drafts()).map(({ id }) => id)).to.deep.equal([draft.id])
      expect(await of('another')).to.deep.equal([])
      const own = ['d1', 'd2', 'd3'].map((id) => ({ ...draft, _id: id as never, key: id, updatedAt: new Date() }))
      await database.connection.collection('filings').insertMany(own)
      expect(await of(draft.procedure.id, 2)).to.have.length(2)
      await database.connection.collection('filings').deleteMany({ _id: { $in: own.map(({ _id }) => _id) } })
      const [find] = await profiledFinds(database.connection, drafts, 'filings')
      expect(find).to.include({ docsExamined: 1, nreturned: 1 })
    })

    it('of what was last sent in one name read as many as are wanted, and nothing else', async () => {
      const [other, company] = ['99000300022', '99000200016'] as const
      const sentBy = async (profile: 'self' | 'legal-representative', cf: string | null, most: number) =>
        (await stored().lastSent(draft.municipality, draft.owner, { profile, company: cf, most })).map(({ id }) => id)
      const forCompanies = [other, company].map((cf, index) => ({
        ...row(`c${index}`, draft.owner, 200 + index),
        profile: 'legal-representative',
        principal: { kind: 'company', name: 'A company', cf },
      }))
      await database.connection.collection('filings').insertMany(forCompanies)
      expect(await sentBy('self', null, 3)).to.deep.equal(['f19', 'f18', 'f17'])
      expect(await sentBy('legal-representative', company, 3)).to.deep.equal(['c1'])
      const [find] = await profiledFinds(database.connection, () => sentBy('self', null, 3), 'filings')
      expect(find).to.include({ docsExamined: 3, nreturned: 3 })
      expect(find).not.to.have.property('hasSortStage')
      const [last] = await stored().lastSent(draft.municipality, draft.owner, {
        profile: 'self',
        company: null,
        most: 1,
      })
      expect(last).to.have.property('answers')
      expect(last).not.to.have.any.keys(UNLISTED.filter((name) => name !== 'answers'))
    })
  })

  it('keeps nothing for what is undefined', async () => {
    await stored().replace({ ...draft, answers: { name: 'Elena', nested: { none: undefined } } })
    expect(await stored().find(draft.municipality, draft.id))
      .to.have.property('answers')
      .that.deep.equals({ name: 'Elena', nested: {} })
  })

  it('refuses a field that no filing has', async () => {
    const strange = { ...draft, colour: 'red' } as Draft
    expect(await stored().replace(strange).catch(String)).to.match(/no field colour/)
    expect(await stored().find(draft.municipality, draft.id)).to.have.property('revision', 0)
  })

  describe('lists for offices', () => {
    const day = (date: string) => new Date(`2026-03-${date}T09:00:00Z`)
    /** As the register numbers them: number 12 came in before number 9 of the next year. */
    const rows = [
      { id: 'a', number: 12, year: 2026, due: '2026-04-10', at: day('05'), answerBy: '2026-03-20' },
      { id: 'b', number: 9, year: 2027, due: '2026-04-10', at: day('06'), answerBy: '2026-03-09' },
      { id: 'c', number: 100, year: 2026, due: '2026-04-10', at: day('06'), answerBy: '2026-03-20' },
      { id: 'd', number: 200, year: 2026, due: '2026-04-01', at: day('04'), answerBy: '2026-03-30' },
    ]

    beforeEach(async () => {
      const sent = rows.map(({ id, number, year, due, answerBy, at: updatedAt }) =>
        sentRow(number, {
          _id: id,
          state: 'accepted',
          due,
          answerBy,
          updatedAt,
          protocol: { entry: id, number, year, at },
        }),
      )
      await database.connection.collection('filings').insertMany(sent)
    })
    const ordered = async (order: OfficeOrder, page = 1, size = 10) => {
      const query = { offices: ['an-office'], states: ['accepted'] as const, order, page, size }
      const { filings, total } = await stored().ofOffices(draft.municipality, query)
      expect(total).to.equal(rows.length)
      return filings.map(({ id }) => id as string)
    }

    it('by the last day, and of the same day by number of protocol', async () => {
      expect(await ordered('due')).to.deep.equal(['d', 'a', 'c', 'b'])
      expect(await ordered('due', 2, 2), 'the second page goes on').to.deep.equal(['c', 'b'])
    })

    it('of what waits for whoever filed by the last day for their answer', async () => {
      expect(await ordered('answerBy')).to.deep.equal(['b', 'a', 'c', 'd'])
    })

    it('of what is concluded the last first', async () => {
      expect(await ordered('newest')).to.deep.equal(['b', 'c', 'a', 'd'])
    })

    it('and a person’s own, the last first too', async () => {
      const own = await all(stored().ofPerson(draft.municipality, { owner: draft.owner, names: [], mandates: [] }))
      expect(own.map(({ updatedAt }) => updatedAt.getTime())).to.deep.equal(
        [...rows.map((row) => row.at), at].map((date) => date.getTime()).sort((a, b) => b - a),
      )
    })
  })
})
