import { expect } from 'chai'
import type { AppError } from '../../server/errors.ts'
import { createOutbox, type Consultation, type Outbox } from '../../server/history/index.ts'
import type { Login } from '../../server/identity/index.ts'
import type { NewMessage } from '../../server/notifications/index.ts'
import { dueOf, MOST_OPEN, type CorrectionOfficer } from '../../server/personal-data/correction.ts'
import { createCorrections, type Corrections } from '../../server/personal-data/index.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const MUNICIPALITY = 'vallechiara'
const PAGE = '/ufficio/rettifiche/x'
const ASKED = { which: 'Telefono', wrong: 'Manca una cifra', right: '075 5550100' }

const login = (givenName: string, cf: string): Login => ({
  person: { key: cf, cf, givenName, familyName: 'Prova', email: `${givenName.toLowerCase()}@posta.example` },
  scheme: 'spid',
  level: 2,
  identityProvider: 'prova',
  at: new Date('2026-03-10T08:00:00Z'),
})
const giulia = login('Giulia', 'CNTGLI85H54G478Q')
const marco = login('Marco', 'RNLMRC81C02D653D')

const officer = (cf: string, near: string[] = []): CorrectionOfficer => ({
  closed: [cf, ...near],
  author: { kind: 'officer', name: 'Laura Sforza', cf, role: 'data-protection-officer', office: '' },
})
const laura = officer('SFRLRA75L61H501S')

describe('the term of a request for correction', () => {
  for (const [received, due] of [
    ['2026-03-10T09:00:00Z', '2026-04-10'],
    // Half past midnight in Rome.
    ['2026-03-10T23:30:00Z', '2026-04-13'],
    ['2026-01-31T12:00:00Z', '2026-03-02'],
    ['2026-11-25T12:00:00Z', '2026-12-28'],
  ] as const)
    it(`of ${received} ends on ${due}`, () => expect(dueOf(new Date(received))).to.equal(due))
})

describe('requests for correction', () => {
  const database = testDatabase()
  let corrections: Corrections
  let outbox: Outbox
  let tasks: ReturnType<typeof createCorrections>['correctionTasks']
  const clock = new Date('2026-03-10T09:00:00Z')
  const [looks, told]: [Consultation[], NewMessage[]] = [[], []]

  before(async () => {
    const { connection } = database
    const now = () => clock
    outbox = createOutbox({
      connection,
      newId,
      now,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
    ;({ corrections, correctionTasks: tasks } = createCorrections({
      connection,
      outbox,
      now,
      newId,
      inTransaction: createInTransaction(connection),
      tell: (message) => Promise.resolve(told.push(message)),
      consulted: (consultation) => Promise.resolve(void looks.push(consultation)),
    }))
    await modelsReady(connection)
  })
  beforeEach(async () => {
    await database.connection.collection('corrections').deleteMany({})
    looks.length = told.length = 0
  })

  const refused = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error as AppError).code,
    )
  let asked = 0
  /** Each time for something else. */
  const ask = (who = giulia) => corrections.ask(MUNICIPALITY, who, { ...ASKED, right: `${ASKED.right} ${++asked}` })

  it('have a number of their own and a last day, and are the person’s alone', async () => {
    const [first, second] = [await ask(), await ask(marco)]
    expect(second.number).to.equal(first.number + 1)
    expect(first).to.include({ year: 2026, due: '2026-04-10', answer: null })
    expect((await corrections.ofPerson(MUNICIPALITY, giulia.person.key)).map(({ id }) => id)).to.deep.equal([first.id])
    expect(await refused(corrections.open(MUNICIPALITY, first.id, giulia))).to.equal('done')
    expect(await refused(corrections.open(MUNICIPALITY, first.id, marco))).to.equal('NOT_FOUND')
    expect(await refused(corrections.open('altrove', first.id, giulia))).to.equal('NOT_FOUND')
  })

  it(`wait for their answers ${MOST_OPEN} at a time, also when they are sent at once`, async () => {
    const sent = await Promise.all(Array.from({ length: MOST_OPEN + 3 }, () => refused(ask())))
    expect(sent.filter((result) => result === 'done')).to.have.length(MOST_OPEN)
    expect(sent.filter((result) => result === 'INVALID_INPUT')).to.have.length(3)
    expect(await refused(ask(marco)), 'another person').to.equal('done')
    const [{ id } = { id: '' }] = await corrections.ofPerson(MUNICIPALITY, giulia.person.key)
    await corrections.answer(MUNICIPALITY, id, { officer: laura, outcome: 'done', reasons: 'Fatto' })
    expect(await refused(ask()), 'after an answer').to.equal('done')
  })

  it('are one for who presses twice, also at once, until it is answered', async () => {
    const press = () => corrections.ask(MUNICIPALITY, giulia, ASKED)
    const [first, ...others] = [...(await Promise.all([press(), press(), press()])), await press()]
    expect(others.map(({ id, number }) => [id, number])).to.deep.equal(others.map(() => [first.id, first.number]))
    await corrections.answer(MUNICIPALITY, first.id, { officer: laura, outcome: 'refused', reasons: 'È giusto' })
    const again = await press()
    expect([again.id === first.id, again.number - first.number], 'no number was lost').to.deep.equal([false, 1])
  })

  it('are looked at in writing', async () => {
    const { id } = await ask()
    await corrections.look(MUNICIPALITY, id, { officer: laura, page: PAGE })
    expect(looks).to.have.length(1)
    expect(looks[0]).to.deep.include({ what: 'correction', page: PAGE, owners: [giulia.person.key], by: laura.author })
  })

  it('are not for the officer whose own they are, nor for those near to the person', async () => {
    const { id } = await ask()
    expect((await corrections.list(MUNICIPALITY, laura)).waiting.map((one) => one.id)).to.deep.equal([id])
    for (const closed of [officer(giulia.person.key), officer('GLLNMR42T48I921B', [giulia.person.key])]) {
      expect((await corrections.list(MUNICIPALITY, closed)).waiting).to.be.empty
      expect(await refused(corrections.look(MUNICIPALITY, id, { officer: closed, page: PAGE }))).to.equal('NOT_FOUND')
      const answer = { officer: closed, outcome: 'done', reasons: 'Fatto' } as const
      expect(await refused(corrections.answer(MUNICIPALITY, id, answer))).to.equal('NOT_FOUND')
    }
    expect(looks).to.be.empty
  })

  it('are listed to the municipality that they were sent to: what waits first, apart from what is answered', async () => {
    const [first, second] = [await ask(), await ask(marco)]
    await corrections.ask('altrove', giulia, ASKED)
    await corrections.answer(MUNICIPALITY, first.id, { officer: laura, outcome: 'done', reasons: 'Fatto' })
    const { waiting, answered } = await corrections.list(MUNICIPALITY, laura)
    expect([waiting, answered].map((list) => list.map(({ id }) => id))).to.deep.equal([[second.id], [first.id]])
  })

  it('are read as many as wait, however many were answered', async () => {
    for (let one = 0; one < 5; one += 1) {
      const { id } = await ask()
      await corrections.answer(MUNICIPALITY, id, { officer: laura, outcome: 'done', reasons: 'Fatto' })
    }
    await ask()
    const finds = await profiledFinds(database.connection, () => corrections.list(MUNICIPALITY, laura), 'corrections')
    expect(finds.map(({ docsExamined }) => docsExamined)).to.have.members([1, 5])
  })

  it('are answered once, also by two at once, and the person is told once', async () => {
    const { id } = await ask()
    const answer = (outcome: 'done' | 'refused') =>
      refused(corrections.answer(MUNICIPALITY, id, { officer: laura, outcome, reasons: 'Perché così.' }))
    const results = await Promise.all([answer('done'), answer('refused')])
    expect(results.sort()).to.deep.equal(['CONFLICT', 'done'])
    expect(await answer('refused')).to.equal('CONFLICT')
    await outbox.drain(tasks)
    expect(told.filter(({ key }) => key === `correction:${id}`)).to.have.length(1)
  })

  it('tell a person who was refused why, and to whom they can turn', async () => {
    const { id } = await ask()
    const refusal = { officer: laura, outcome: 'refused', reasons: 'Il dato è quello dell’anagrafe.' } as const
    await corrections.answer(MUNICIPALITY, id, refusal)
    await outbox.drain(tasks)
    const message = told.find(({ key }) => key === `correction:${id}`)
    expect(message?.to).to.deep.equal({ cf: giulia.person.key, email: 'giulia@posta.example' })
    expect(message?.text).to.contain('Il dato è quello dell’anagrafe.').and.contain('Garante')
  })
})
