import { expect } from 'chai'
import { createProtocol, type NewEntry, type Protocol, type RegisterQuery } from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { profiledFinds } from './plan.ts'
import { newEntry, vallechiara } from './sample.ts'

const company = { kind: 'company', name: 'Società Caffè Niccolò S.r.l.', cf: '00488410010' } as const
const entries: Partial<NewEntry>[] = [
  { at: new Date('2025-12-31T10:00:00Z'), subject: 'Richiesta di residenza' },
  {
    at: new Date('2026-01-02T10:00:00Z'),
    subject: 'Pratiche edilizie: accessibilità dei marciapiedi',
    sender: company,
    actedBy: { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE79L52L219V' },
    actedAs: 'professionista incaricato',
  },
  { at: new Date('2026-01-03T10:00:00Z'), subject: 'Esito della richiesta', direction: 'out', office: 'tributi' },
  { at: new Date('2026-01-04T10:00:00Z'), subject: 'Esposto riservato', reserved: true, office: 'tributi' },
]

describe('searching the register', () => {
  const database = testDatabase()
  let protocol: Protocol
  const subjects = async (query: RegisterQuery) =>
    (await protocol.search('vallechiara', query)).entries.map(({ subject }) => subject)

  before(async () => {
    protocol = createProtocol({ connection: database.connection, newId })
    const inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
    for (const entry of entries) {
      await inTransaction((tx) => protocol.register(newEntry(entry), vallechiara, tx))
    }
  })

  it('lists all, newest first, when nothing is asked', async () => {
    expect(await subjects({})).to.deep.equal(entries.map(({ subject }) => subject).reverse())
  })

  for (const [text, found] of [
    ['accessibilita', [1]],
    ['ACCESSIBILITÀ', [1]],
    ['pratica edilizia', [1]],
    ['richieste', [2, 0]],
    ['caffe niccolo', [1]],
    ['00488410010', [1]],
    ['elena bruni', [1]],
    ['BRNLNE79L52L219V', [1]],
    ['rss mra 80a01 h501u', [3, 2, 0]],
    ['rssmra80a01h501u residenza', [0]],
    ['rossi', [3, 2, 0]],
    ['rossi marciapiedi', []],
    ['comune di vallechiara', [3, 2, 1, 0]],
    ['$where', []],
  ] as const) {
    it(`finds ${String(found.length)} for «${text}»`, async () => {
      expect(await subjects({ text })).to.deep.equal(found.map((index) => entries[index]?.subject))
    })
  }

  it('finds by number, and by number and year', async () => {
    expect(await subjects({ number: 1 })).to.deep.equal([
      'Pratiche edilizie: accessibilità dei marciapiedi',
      'Richiesta di residenza',
    ])
    expect(await subjects({ number: 1, year: 2025 })).to.deep.equal(['Richiesta di residenza'])
  })

  it('takes both ends of a period, direction and office', async () => {
    expect(await subjects({ from: '2026-01-02', to: '2026-01-03' })).to.have.length(2)
    expect(await subjects({ direction: 'out' })).to.deep.equal(['Esito della richiesta'])
    expect(await subjects({ office: 'tributi', from: '2026-01-04' })).to.deep.equal(['Esposto riservato'])
  })

  it('shows reserved entries only to their office', async () => {
    expect(await subjects({ reservedOf: ['edilizia'] })).not.to.include('Esposto riservato')
    expect(await subjects({ reservedOf: ['tributi'] })).to.include('Esposto riservato')
  })

  it('is deaf to the other municipalities', async () => {
    expect((await protocol.search('montalto', {})).total).to.equal(0)
  })

  it('counts, and turns the page', async () => {
    expect(await protocol.search('vallechiara', { page: 2 })).to.deep.equal({ entries: [], total: 4, more: false })
  })

  it('lists a day by number', async () => {
    const { entries: day } = await protocol.day('vallechiara', '2026-01-03')
    expect(day.map(({ subject }) => subject)).to.deep.equal(['Esito della richiesta'])
  })

  for (const query of [
    { text: 'richiesta' },
    { text: 'rossi richiesta' },
    { from: '2026-01-01' },
    { direction: 'out' },
    { office: 'tributi' },
    {},
  ] as const) {
    it(`walks an index in the order of the answer: ${JSON.stringify(query)}`, async () => {
      const [find] = await profiledFinds(database.connection, () => protocol.search('vallechiara', query))
      expect(find?.planSummary).to.match(/^IXSCAN/)
      expect(find).not.to.have.property('hasSortStage')
    })
  }

  it('reads only the entries that bear the number asked for', async () => {
    const [find] = await profiledFinds(database.connection, () => protocol.search('vallechiara', { number: 1 }))
    expect(find).to.include({ docsExamined: 2, nreturned: 2 })
  })
})
