import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { daysToClose } from '../../server/protocol/daily-register.ts'
import { createProtocol, type Protocol } from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { loadLibxml, type Libxml } from './libxml.ts'
import { newEntry, vallechiara } from './sample.ts'

describe('the days to close', () => {
  const days = (now: string, last: string | null, first: string | null = null) =>
    daysToClose({ first, last, now: new Date(now) })

  it('are those since the last one, to yesterday in Rome', () => {
    expect(days('2026-03-05T08:00:00Z', '2026-03-02')).to.deep.equal(['2026-03-03', '2026-03-04'])
    expect(days('2026-03-05T08:00:00Z', '2026-03-04')).to.deep.equal([])
  })

  it('begin with the first entry, and are none in an empty register', () => {
    expect(days('2026-03-03T08:00:00Z', null, '2026-03-02')).to.deep.equal(['2026-03-02'])
    expect(days('2026-03-03T08:00:00Z', null)).to.deep.equal([])
  })

  it('do not hold a day that filings begun before midnight may still enter', () => {
    expect(days('2026-03-02T23:30:00Z', '2026-03-01')).to.deep.equal([])
    expect(days('2026-03-03T00:00:00Z', '2026-03-01')).to.deep.equal(['2026-03-02'])
  })
})

describe('the daily register', () => {
  const database = testDatabase()
  let protocol: Protocol
  let inTransaction: InTransaction
  let libxml: Libxml
  const now = new Date('2026-03-05T02:00:00Z')

  before(async () => {
    libxml = await loadLibxml()
    protocol = createProtocol({ connection: database.connection, newId })
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
    const register = (at: string, changes = {}) =>
      inTransaction((tx) => protocol.register(newEntry({ at: new Date(at), ...changes }), vallechiara, tx))
    const first = await register('2026-03-02T09:00:00Z')
    await register('2026-03-02T22:59:59Z', {
      received: { number: '7/A', date: '2026-02-27' },
      subject: 'Nota <urgente>',
      actedBy: { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE79L52L219V' },
      actedAs: 'delegato',
    })
    await register('2026-03-04T09:00:00Z')
    const by = { kind: 'officer', name: 'Anna Bianchi', cf: 'X', role: 'x', office: 'x' } as const
    const act = { number: '3', date: '2026-03-03' }
    const at = new Date('2026-03-04T10:00:00Z')
    const one = { kind: 'person', givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE79L52L219V' } as const
    const changes = [
      { kind: 'correction', field: 'subject', value: 'Nuovo' },
      { kind: 'correction', field: 'recipients', value: [one, one] },
      { kind: 'correction', field: 'received', value: { number: '7', date: '2026-03-01' } },
    ] as const
    for (const change of changes)
      await inTransaction((tx) => protocol.amend(first, { change, at, by, act, reason: 'refuso' }, tx))
    await inTransaction((tx) =>
      protocol.amend(first, { change: { kind: 'annulment' }, at, by, act, reason: 'doppio' }, tx),
    )
  })

  it('is made for every day that is over, also those without operations, each bound to the one before', async () => {
    const made = await protocol.closeDays(vallechiara, now)
    expect(
      made.map(({ date, progressive, entries, annulments }) => [date, progressive, entries, annulments]),
    ).to.deep.equal([
      ['2026-03-02', 61, 2, 0],
      ['2026-03-03', 62, 0, 0],
      ['2026-03-04', 63, 1, 1],
    ])
    for (const [index, { xml, sha256 }] of made.entries()) {
      expect(libxml.schemaErrors(xml, 'registro-giornaliero')).to.deep.equal([])
      expect(createHash('sha256').update(xml).digest('hex')).to.equal(sha256)
      const previous = /<ImprontaGiornoPrecedente>(\w+)</.exec(xml)?.[1]
      expect(previous).to.equal(made[index - 1]?.sha256)
    }
    expect(made[0]?.xml)
      .to.contain('<Numero>0000002/2026</Numero><Ora>23:59:59</Ora>')
      .and.contain('Nota &lt;urgente&gt;')
      .and.contain('<PresentataDa qualita="delegato">Elena Bruni (BRNLNE79L52L219V)</PresentataDa>')
    expect(made[0]?.xml.match(/<PresentataDa/g), 'only where somebody acted for another').to.have.length(1)
    expect(made[2]?.xml).to.contain('<Modifica tipo="annullamento"><Numero>0000001/2026</Numero>')
    expect(made[2]?.xml)
      .to.contain(`<Campo>Oggetto</Campo><ValorePrecedente>${newEntry().subject}</ValorePrecedente>`)
      .and.contain('<ValoreNuovo>Elena Bruni (BRNLNE79L52L219V); Elena Bruni (BRNLNE79L52L219V)</ValoreNuovo>')
      .and.contain(
        '<Campo>ProtocolloMittente</Campo><ValorePrecedente></ValorePrecedente><ValoreNuovo>7 del 2026-03-01',
      )
  })

  it('is made once, and stays what it was', async () => {
    const before = await protocol.closedDay('vallechiara', '2026-03-02')
    expect(await protocol.closeDays(vallechiara, now)).to.deep.equal([])
    expect(await protocol.closedDay('vallechiara', '2026-03-02')).to.deep.equal(before)
    expect(await protocol.closedDay('montalto', '2026-03-02')).to.equal(undefined)
  })

  it('is made once by three workers at once', async () => {
    const later = new Date('2026-03-12T02:00:00Z')
    const made = (await Promise.all([1, 2, 3].map(() => protocol.closeDays(vallechiara, later)))).flat()
    expect(made.map(({ date }) => date).sort()).to.deep.equal([...new Set(made.map(({ date }) => date))].sort())
    await protocol.closeDays(vallechiara, later)
    expect(await protocol.closedDay('vallechiara', '2026-03-11')).to.have.property('entries', 0)
  })
})

describe('the daily register at the edges', () => {
  const database = testDatabase()
  const by = { kind: 'officer', name: 'Anna Bianchi', cf: 'X', role: 'x', office: 'x' } as const
  let protocol: Protocol
  let inTransaction: InTransaction
  const register = (at: string) =>
    inTransaction((tx) => protocol.register(newEntry({ at: new Date(at) }), vallechiara, tx))
  const numbersIn = (xml = '') => [...xml.matchAll(/<Numero>(\S+?)</g)].map(([, number]) => number)

  before(async () => {
    protocol = createProtocol({ connection: database.connection, newId })
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
  })

  /** The day from its first second to its last, closed. */
  async function whole(date: string, begins: string, ends: string): Promise<void> {
    const both = [await register(begins), await register(ends)]
    expect(both.map((entry) => entry.date)).to.deep.equal([date, date])
    await protocol.closeDays(vallechiara, new Date(Date.parse(ends) + 2 * 3_600_000))
    expect(await protocol.closedDay('vallechiara', date)).to.include({ entries: 2 })
  }

  it('holds a day of 25 hours', () => whole('2023-10-29', '2023-10-28T22:00:00Z', '2023-10-29T22:59:59Z'))

  it('holds the last second of the year and the first of the next, with what is amended of the year before', async () => {
    const old = await register('2023-12-31T22:59:59.999Z')
    // Many at once at the first number of the year.
    await Promise.all(Array.from({ length: 8 }, () => register('2023-12-31T23:00:00Z')))
    const [at, act, reason] = [new Date('2024-01-02T09:00:00Z'), { number: '1', date: '2024-01-02' }, 'refuso'] as const
    const corrected = { kind: 'correction', field: 'subject', value: 'Nuovo' } as const
    for (const change of [corrected, { kind: 'annulment' }] as const)
      await inTransaction((tx) => protocol.amend(old, { change, at, by, act, reason }, tx))
    const made = (await protocol.closeDays(vallechiara, new Date('2024-01-03T02:00:00Z'))).slice(-3)
    expect(made.map(({ date, progressive, entries, annulments }) => [date, progressive, entries, annulments])).to.eql([
      ['2023-12-31', 365, 1, 0],
      ['2024-01-01', 1, 8, 0],
      ['2024-01-02', 2, 0, 1],
    ])
    expect(numbersIn(made[0]?.xml)).to.deep.equal(['0000003/2023'])
    expect(numbersIn(made[1]?.xml)).to.deep.equal(Array.from({ length: 8 }, (_, index) => `000000${index + 1}/2024`))
    expect(numbersIn(made[2]?.xml), 'amended of last year').to.deep.equal(['0000003/2023', '0000003/2023'])
    expect(made[1]?.xml).to.include(`<ImprontaGiornoPrecedente>${made[0]?.sha256 ?? ''}<`)
  })

  it('lets nothing into a day that it holds, whatever a clock that is behind says', async () => {
    const late = await register('2024-01-01T11:00:00Z').catch(String)
    expect(late).to.match(/Day 2024-01-01 is closed/)
    const next = await register('2024-01-03T11:00:00Z')
    expect(next, 'no number was lost').to.include({ number: 9, year: 2024 })
  })

  it('holds what was being registered while it was made', async () => {
    let closing: Promise<unknown> | undefined
    await inTransaction(async (tx) => {
      await protocol.register(newEntry({ at: new Date('2024-01-04T22:59:59Z') }), vallechiara, tx)
      closing ??= protocol.closeDays(vallechiara, new Date('2024-01-05T02:00:00Z'))
      // Long enough for the closing to meet the counter that this transaction has changed.
      await sleep(100)
    })
    await closing
    expect(await protocol.closedDay('vallechiara', '2024-01-04')).to.include({ entries: 1 })
  })

  it('holds a day of 23 hours', () => whole('2024-03-31', '2024-03-30T23:00:00Z', '2024-03-31T21:59:59Z'))
})
