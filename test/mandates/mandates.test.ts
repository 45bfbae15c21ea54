import { expect } from 'chai'
import type { AppError } from '../../server/errors.ts'
import { groundText, isToCheck } from '../../server/filings/acting.ts'
import { createActors } from '../../server/filings/actor-service.ts'
import { createOutbox, type Outbox } from '../../server/history/index.ts'
import type { Login } from '../../server/identity/index.ts'
import { createBusinessRegister, createMandates, type Mandates } from '../../server/mandates/index.ts'
import type { Asked } from '../../server/mandates/mandate-form.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import {
  startBusinessRegister,
  type RegisteredCompany,
  type RunningBusinessRegister,
} from '../support/business-register.ts'
import { createDocuments } from '../../server/documents/index.ts'
import { createSigning } from '../../server/signing/index.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const MUNICIPALITY = 'vallechiara'
const login = (givenName: string, familyName: string, cf: string): Login => ({
  person: { key: cf, cf, givenName, familyName, email: `${givenName.toLowerCase()}@posta.example` },
  scheme: 'spid',
  level: 2,
  identityProvider: 'prova',
  at: new Date('2026-03-10T08:00:00Z'),
})
const anna = login('Anna Maria', 'Galli', 'GLLNMR42T48I921B')
const luca = login('Luca', 'Neri', 'NRELCU73E27D612Y')
const marco = login('Marco', 'Rinaldi', 'RNLMRC81C02D653D')
const paolo = login('Paolo', 'Ferri', 'FRRPLA70M19L117N')
const teresa = login('Teresa', 'Orsini', 'RSNTRS68H41F839Y')
const BOTTEGA = '99000200016'
const companyWith = (...directors: Login[]): RegisteredCompany => ({
  codiceFiscale: BOTTEGA,
  denominazione: 'Bottega Ferri S.r.l.',
  formaGiuridica: 'S.r.l.',
  stato: 'ATTIVA',
  persone: directors.map(({ person: { cf, givenName, familyName } }) => ({
    codiceFiscale: cf,
    nome: givenName,
    cognome: familyName,
    cariche: [{ descrizione: 'Amministratore', rappresentante: true }],
  })),
})
const forBottega = (who: Login): Login => ({
  ...who,
  represents: { cf: BOTTEGA, name: 'Bottega Ferri S.r.l.', role: 'Amministratore' },
})
const partyOf = ({ person: { givenName, familyName, cf } }: Login) =>
  ({ kind: 'person', givenName, familyName, cf }) as const

const OUT_OF_ORDER = { status: 503, body: '{}' }

describe('mandates', () => {
  const database = testDatabase()
  let mandates: Mandates
  let tasks: ReturnType<typeof createMandates>['mandateTasks']
  let inTransaction: InTransaction
  let outbox: Outbox
  let clock = new Date('2026-03-10T09:00:00Z')
  let counterpart: RunningBusinessRegister
  /** What the register holds: the tests change it. */
  const companies: RegisteredCompany[] = []
  const told: { key: string; to: { cf: string }; subject: string; filing: string | null }[] = []

  before(async () => {
    const { connection } = database
    inTransaction = createInTransaction(connection)
    const now = () => clock
    outbox = createOutbox({
      connection,
      newId,
      now,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    })
    const tell = (message: (typeof told)[number]) => Promise.resolve(told.push(message))
    counterpart = await startBusinessRegister(companies)
    const register = createBusinessRegister(counterpart)
    const documents = createDocuments({
      connection,
      signing: createSigning({ trustAnchors: [], sealKeys: 'none' }),
      now,
      newId,
    })
    const deps = { connection, documents, outbox, inTransaction, register, tell, now, newId }
    ;({ mandates, mandateTasks: tasks } = createMandates(deps))
    await modelsReady(connection)
  })
  after(() => counterpart.stop())
  beforeEach(() => {
    clock = new Date('2026-03-10T09:00:00Z')
    told.length = 0
    companies.splice(0, companies.length, companyWith(paolo, teresa))
    counterpart.misbehave(null)
  })

  const asked = (to: Login, changes: Partial<Asked> = {}): Asked => ({
    other: partyOf(to),
    scope: { kind: 'procedures', procedures: ['scia'] },
    from: '2026-03-01',
    to: '2026-03-31',
    ...changes,
  })
  const give = (changes: Partial<Asked> = {}) =>
    mandates.give(MUNICIPALITY, anna, { ...asked(luca, changes), key: newId() })
  const filing = { id: 'f1', procedure: 'scia', principalKey: anna.person.key }
  const use = (mandate: { id: string }, by = luca, made = filing) =>
    inTransaction((tx) =>
      mandates.use({ municipality: MUNICIPALITY, ...mandate } as never, { filing: made, login: by }, tx),
    )
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error as AppError).code,
    )
  const holds = async (who: Login) => (await mandates.held(MUNICIPALITY, who.person.key)).map(({ id }) => id)
  const worked = () => outbox.drain(tasks)
  // On what a draft rests is a matter of mandates alone.
  const actors = () =>
    createActors({ mandates, catalogue: { version: () => Promise.reject(new Error('No procedure is asked for')) } })

  it('are held by the proxy while they last, and by nobody else', async () => {
    const { id } = await give()
    expect(await holds(luca)).to.include(id)
    expect(await holds(anna)).not.to.include(id)
    clock = new Date('2026-04-01T09:00:00Z')
    expect(await holds(luca)).not.to.include(id)
  })

  it('end at once when either side says so, and are nobody else’s to end', async () => {
    const { id } = await give()
    expect(await refused(mandates.revoke(MUNICIPALITY, id, marco))).to.equal('NOT_FOUND')
    await mandates.revoke(MUNICIPALITY, id, anna)
    expect(await holds(luca)).not.to.include(id)
    await mandates.revoke(MUNICIPALITY, id, luca)
    const { events } = await mandates.open(MUNICIPALITY, id, luca)
    expect(
      events.map(({ type }) => type),
      'what is so already is not done again',
    ).to.deep.equal(['given', 'revoked'])
    const renounced = await give()
    await Promise.all([1, 2].map(() => mandates.revoke(MUNICIPALITY, renounced.id, luca)))
    expect(await holds(luca)).not.to.include(renounced.id)
  })

  it('are seen by their two sides, with their history, and by nobody else', async () => {
    const { id } = await give()
    await mandates.revoke(MUNICIPALITY, id, anna)
    for (const side of [anna, luca])
      expect((await mandates.open(MUNICIPALITY, id, side)).events.map(({ type }) => type)).to.deep.equal([
        'given',
        'revoked',
      ])
    expect(await refused(mandates.open(MUNICIPALITY, id, marco))).to.equal('NOT_FOUND')
    expect(await refused(mandates.open('altrove', id, anna)), 'another municipality').to.equal('NOT_FOUND')
  })

  it('serve their proxy, their principal and their scope, in their time', async () => {
    const mandate = await give()
    await use(mandate)
    const { events } = await mandates.open(MUNICIPALITY, mandate.id, anna)
    expect(events.at(-1)).to.include({ type: 'used', filing: 'f1' })
    expect(await refused(use(mandate, marco)), 'another person').to.equal('NOT_ALLOWED')
    expect(
      await refused(use(mandate, luca, { ...filing, principalKey: marco.person.key })),
      'another principal',
    ).to.equal('NOT_ALLOWED')
    expect(await refused(use(mandate, luca, { ...filing, procedure: 'accesso' })), 'out of scope').to.equal(
      'NOT_ALLOWED',
    )
    expect(await refused(use({ id: 'unknown' })), 'unknown').to.equal('NOT_ALLOWED')
    clock = new Date('2026-04-01T09:00:00Z')
    expect(await refused(use(mandate)), 'expired').to.equal('NOT_ALLOWED')
    clock = new Date('2026-03-11T09:00:00Z')
    await mandates.revoke(MUNICIPALITY, mandate.id, anna)
    expect(await refused(use(mandate)), 'revoked').to.equal('NOT_ALLOWED')
  })

  it('are either used or revoked, when both are tried at the same moment', async () => {
    const mandate = await give()
    await Promise.allSettled([use(mandate), mandates.revoke(MUNICIPALITY, mandate.id, anna)])
    const { events, revokedAt } = await mandates.open(MUNICIPALITY, mandate.id, anna)
    expect(revokedAt).to.be.instanceOf(Date)
    expect(events.at(-1)?.type, 'nothing after the revocation').to.equal('revoked')
  })

  it('on paper hold once an officer who is not named in them approved', async () => {
    const officer = (key: string) => ({
      key,
      author: { kind: 'officer', name: 'Valentina Costa', cf: key, role: 'protocol-officer', office: 'urp' } as const,
    })
    const shown = { ...asked(anna), key: newId(), papers: [] }
    const { id } = await mandates.show(MUNICIPALITY, luca, shown)
    const valentina = officer('CSTVNT79D55G478X')
    expect(await holds(luca)).not.to.include(id)
    expect((await mandates.waiting(MUNICIPALITY, valentina)).map((one) => one.id)).to.include(id)
    for (const { person } of [anna, luca]) {
      expect((await mandates.waiting(MUNICIPALITY, person)).map((one) => one.id)).not.to.include(id)
      const own = { reviewer: officer(person.key), type: 'approved', reason: '' } as const
      expect(await refused(mandates.review(MUNICIPALITY, id, own))).to.equal('NOT_FOUND')
    }
    const silent = { reviewer: valentina, type: 'refused', reason: '' } as const
    expect(await refused(mandates.review(MUNICIPALITY, id, silent)), 'a refusal without reasons').to.equal(
      'INVALID_INPUT',
    )
    const approve = () => mandates.review(MUNICIPALITY, id, { reviewer: valentina, type: 'approved', reason: '' })
    await Promise.all([approve(), approve()]).then(approve)
    expect((await mandates.open(MUNICIPALITY, id, luca)).events, 'pressed thrice').to.have.length(2)
    expect(await holds(luca)).to.include(id)
    expect(await refused(mandates.review(MUNICIPALITY, id, silent)), 'twice').to.equal('CONFLICT')
    await mandates.revoke(MUNICIPALITY, id, anna)
    expect(await holds(luca), 'the principal takes it back').not.to.include(id)
  })

  it('are told to those whom they concern, once', async () => {
    await worked()
    told.length = 0
    const mandate = await give()
    await use(mandate)
    await mandates.revoke(MUNICIPALITY, mandate.id, anna)
    await worked()
    expect(told.map(({ to, subject }) => [to.cf, subject])).to.deep.equal([
      [anna.person.key, 'Hai dato una delega'],
      [luca.person.key, 'Hai ricevuto una delega'],
      [anna.person.key, 'La tua delega è stata usata'],
      [anna.person.key, 'Delega revocata'],
      [luca.person.key, 'Delega revocata'],
    ])
    expect(new Set(told.map(({ key }) => key)).size).to.equal(told.length)
    expect(told[2]?.filing, 'leads to the filing').to.equal('f1')
  })

  describe('of a company', () => {
    const giveFor = (who: Login) => mandates.give(MUNICIPALITY, forBottega(who), { ...asked(luca), key: newId() })

    it('are given by whom the register confirms at that moment, in the company’s name', async () => {
      const mandate = await giveFor(paolo)
      expect(mandate.principal).to.deep.equal({ kind: 'company', name: 'Bottega Ferri S.r.l.', cf: BOTTEGA })
      expect(mandate).to.deep.include({ principalKey: BOTTEGA })
      expect(mandate.giver).to.include({ cf: paolo.person.cf, name: 'Paolo Ferri', role: 'Amministratore' })
      expect(await holds(luca)).to.include(mandate.id)
      companies.splice(0, 1, companyWith(teresa))
      expect(await refused(giveFor(paolo)), 'who chose the company and then lost the office').to.equal('NOT_ALLOWED')
      companies.splice(0, 1, { ...companyWith(paolo), stato: 'CESSATA' })
      expect(await refused(giveFor(paolo)), 'a company that ceased').to.equal('NOT_ALLOWED')
      counterpart.misbehave(OUT_OF_ORDER)
      expect(await refused(giveFor(paolo)), 'nobody gives them on their own word').to.equal('UPSTREAM_UNAVAILABLE')
    })

    it('are seen and revoked by every representative in the company’s profile, and by none outside of it', async () => {
      const { id } = await giveFor(paolo)
      expect((await mandates.ofPerson(MUNICIPALITY, BOTTEGA)).map((one) => one.id)).to.include(id)
      for (const outside of [paolo, teresa])
        expect(await refused(mandates.open(MUNICIPALITY, id, outside))).to.equal('NOT_FOUND')
      companies.splice(0, 1, companyWith(paolo))
      expect(await refused(mandates.revoke(MUNICIPALITY, id, forBottega(teresa))), 'lost the office').to.equal(
        'NOT_ALLOWED',
      )
      expect(await holds(luca)).to.include(id)
      companies.splice(0, 1, companyWith(teresa))
      await mandates.revoke(MUNICIPALITY, id, forBottega(teresa))
      expect(await holds(luca), 'the successor takes it back').not.to.include(id)
    })

    it('are revoked also while the register is silent: it only takes a power away', async () => {
      const { id } = await giveFor(paolo)
      counterpart.misbehave(OUT_OF_ORDER)
      await mandates.revoke(MUNICIPALITY, id, forBottega(paolo))
      expect(await holds(luca)).not.to.include(id)
    })

    it('are confirmed again when they are used, and say why they ended', async () => {
      const mandate = await giveFor(paolo)
      expect(await mandates.confirm(mandate)).to.deep.equal({ kind: 'confirmed' })
      companies.splice(0, 1, companyWith(teresa))
      const lost = await mandates.confirm(mandate)
      expect(lost.kind === 'ended' && lost.why).to.include('Paolo Ferri, che ha dato la delega, non risulta più')
      companies.splice(0, 1, { ...companyWith(paolo), stato: 'CESSATA' })
      const ceased = await mandates.confirm(mandate)
      expect(ceased.kind === 'ended' && ceased.why).to.include('risulta cessata')
      counterpart.misbehave(OUT_OF_ORDER)
      expect(await mandates.confirm(mandate), 'stops no filing').to.deep.equal({ kind: 'register-silent' })
      const ground = { kind: 'mandate', mandate: mandate.id, principalKey: BOTTEGA }
      const draft = { municipality: MUNICIPALITY, owner: luca.person.key, procedure: { id: 'scia' }, ground }
      const sent = await actors().groundOf(draft as never)
      expect([isToCheck(sent), groundText(sent)], 'the office checks').to.deep.equal([
        true,
        'delega data in linea al Comune: il Registro imprese non rispondeva',
      ])
    })

    it('leave a draft to another of the company’s when who gave its own has left', async () => {
      const own = await giveFor(paolo)
      const other = await giveFor(teresa)
      const ground = { kind: 'mandate', mandate: own.id, principalKey: BOTTEGA }
      const draft = { municipality: MUNICIPALITY, owner: luca.person.key, procedure: { id: 'scia' }, ground }
      const groundNow = () => actors().groundOf(draft as never)
      expect(await groundNow()).to.include({ mandate: own.id })
      companies.splice(0, 1, companyWith(teresa))
      expect(await groundNow()).to.include({ mandate: other.id })
      companies.splice(0, 1, companyWith())
      expect(await refused(groundNow())).to.equal('NOT_ALLOWED')
    })

    it('are told to who gave them', async () => {
      await worked()
      told.length = 0
      const mandate = await giveFor(paolo)
      await use(mandate, luca, { ...filing, principalKey: BOTTEGA })
      await worked()
      expect(told.map(({ to, subject }) => [to.cf, subject])).to.deep.equal([
        [paolo.person.cf, 'Hai dato una delega per l’impresa'],
        [luca.person.cf, 'Hai ricevuto una delega'],
        [paolo.person.cf, 'Una delega dell’impresa è stata usata'],
      ])
    })
  })
})
