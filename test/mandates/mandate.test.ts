import { expect } from 'chai'
import { facts, mandatePage } from '../../server/mandates/mandate-views.ts'
import { decodeMandate, type Choices, type PrincipalKind } from '../../server/mandates/mandate-form.ts'
import type { FormBody } from '../../server/shared/form-body.ts'
import { scopeFields, scopeText } from '../../server/mandates/mandate-scope-views.ts'
import {
  assertFewWaiting,
  assertReviewable,
  assertRevocable,
  assertRoom,
  covers,
  MOST_RUNNING,
  MOST_WAITING,
  stateOf,
  type Mandate,
  type MandateState,
  type Scope,
} from '../../server/mandates/mandate.ts'

const anna = 'GLLNMR42T48I921B'
const luca = 'NRELCU73E27D612Y'
const stranger = 'RNLMRC81C02D653D'

const mandate = (changes: Partial<Mandate> = {}): Mandate =>
  ({
    id: 'm1',
    municipality: 'vallechiara',
    origin: 'online',
    principalKey: anna,
    proxyKey: luca,
    scope: { kind: 'all' },
    from: '2026-03-01',
    to: '2026-03-31',
    review: 'not-needed',
    revokedAt: null,
    events: [],
    ...changes,
  }) as unknown as Mandate

describe('a mandate', () => {
  const at = (day: string, time = '12:00') => new Date(`${day}T${time}:00+01:00`)
  const cases: [what: string, Partial<Mandate>, Date, MandateState][] = [
    ['in its period', {}, at('2026-03-10'), 'valid'],
    ['on its first day, in Rome', {}, at('2026-03-01', '00:00'), 'valid'],
    ['a minute before its first day', {}, at('2026-02-28', '23:59'), 'future'],
    ['at the end of its last day', {}, new Date('2026-03-31T23:59:59+02:00'), 'valid'],
    ['after its last day', {}, new Date('2026-04-01T00:00:00+02:00'), 'expired'],
    ['revoked within its period', { revokedAt: at('2026-03-09') }, at('2026-03-10'), 'revoked'],
    ['on paper that nobody looked at', { origin: 'document', review: 'waiting' }, at('2026-03-10'), 'waiting'],
    ['on paper that was refused', { origin: 'document', review: 'refused' }, at('2026-03-10'), 'refused'],
    ['on paper that was approved', { origin: 'document', review: 'approved' }, at('2026-03-10'), 'valid'],
    ['approved and revoked', { review: 'approved', revokedAt: at('2026-03-09') }, at('2026-03-10'), 'revoked'],
  ]
  for (const [what, changes, when, expected] of cases) {
    it(`${what} is ${expected}`, () => expect(stateOf(mandate(changes), when)).to.equal(expected))
  }

  it('finds room beside so many of the same giver to the same proxy; sent once more, the last is not refused', () => {
    const held = Array.from({ length: MOST_RUNNING }, (_, index) => mandate({ id: `held-${index}` as Mandate['id'] }))
    const asked = mandate({ proxy: { kind: 'person', givenName: 'Luca', familyName: 'Neri', cf: luca } })
    const giving = (one: Mandate, beside: readonly Mandate[]) => () => assertRoom(one, beside, at('2026-03-10'))
    expect(giving(asked, held)).to.throw('Too many mandates')
    expect(giving(asked, held.slice(1))).not.to.throw()
    expect(giving({ ...asked, id: held.at(-1)!.id }, held)).not.to.throw()
    expect(giving({ ...asked, principalKey: stranger }, held), 'of another giver').not.to.throw()
    expect(giving(asked, [...held.slice(1), mandate({ to: '2026-03-09' })]), 'one has expired').not.to.throw()
  })

  it('on paper finds room beside so many that wait', () => {
    const waiting = Array.from({ length: MOST_WAITING }, (_, at) => mandate({ id: `shown-${at}` as Mandate['id'] }))
    const showing = (id: string, beside: readonly Mandate[]) => () =>
      assertFewWaiting(mandate({ id: id as Mandate['id'] }), beside)
    expect(showing('new', waiting)).to.throw('Too many papers')
    expect(showing('new', waiting.slice(1))).not.to.throw()
    expect(showing('shown-0', waiting), 'sent once more').not.to.throw()
  })

  it('shows no tick beside what ended it', () => {
    const by = { kind: 'citizen', name: 'Luca Neri' }
    const events = (['shown', 'refused', 'revoked'] as const).map((type) => ({ type, at: at('2026-03-10'), by }))
    const parties = { principal: { kind: 'company', name: 'A' }, proxy: { kind: 'company', name: 'B' } }
    const shown = facts(
      mandate({ ...parties, events } as unknown as Partial<Mandate>),
      { procedures: [], filings: [] },
      { base: '', files: [] },
    )
    expect(shown.milestones.map(({ state }) => state)).to.deep.equal(['done', 'ended', 'ended'])
  })

  it('tells each side what it ends, a power or an examination', () => {
    const person = (givenName: string) => ({ kind: 'person', givenName, familyName: 'Neri' })
    const both = { principal: person('Anna'), proxy: person('Luca') } as unknown as Partial<Mandate>
    const frame = { tabs: [], choices: { procedures: [], filings: [] }, now: at('2026-03-10'), files: [] }
    const told = (side: string, review: Mandate['review']) =>
      mandatePage(mandate({ ...both, review }), side, frame).revoke?.text
    expect(told(anna, 'approved')).to.match(/^Da subito Luca Neri non potrà più agire per te/)
    expect(told(luca, 'approved')).to.equal('Non potrai più agire per Anna Neri da subito.')
    for (const side of [anna, luca])
      expect(told(side, 'waiting'))
        .to.match(/^L’ufficio non esamina più la procura/)
        .and.not.to.include('più agire')
  })

  const scopes: [what: string, Scope, { id: string | null; procedure: string }, boolean][] = [
    ['all takes in anything', { kind: 'all' }, { id: null, procedure: 'scia' }, true],
    [
      'chosen services take in theirs',
      { kind: 'procedures', procedures: ['scia'] },
      { id: 'f1', procedure: 'scia' },
      true,
    ],
    ['and no other', { kind: 'procedures', procedures: ['scia'] }, { id: 'f1', procedure: 'accesso' }, false],
    ['one filing takes in itself', { kind: 'filing', filing: 'f1' }, { id: 'f1', procedure: 'scia' }, true],
    ['and not another', { kind: 'filing', filing: 'f1' }, { id: 'f2', procedure: 'scia' }, false],
    ['and begins none', { kind: 'filing', filing: 'f1' }, { id: null, procedure: 'scia' }, false],
  ]
  for (const [what, scope, filing, expected] of scopes) {
    it(`with a scope of ${what}`, () => expect(covers({ scope }, filing)).to.equal(expected))
  }

  it('is revoked by its two sides only, if it ever held', () => {
    expect(() => assertRevocable(mandate(), anna)).not.to.throw()
    expect(() => assertRevocable(mandate(), luca)).not.to.throw()
    expect(() => assertRevocable(mandate(), stranger))
      .to.throw()
      .with.property('code', 'NOT_FOUND')
    expect(() => assertRevocable(mandate({ origin: 'document', review: 'refused' }), anna))
      .to.throw()
      .with.property('code', 'CONFLICT')
  })

  it('on paper is reviewed once, and by nobody who is named in it', () => {
    const paper = mandate({ origin: 'document', review: 'waiting' })
    expect(() => assertReviewable(paper, stranger)).not.to.throw()
    for (const named of [anna, luca])
      expect(() => assertReviewable(paper, named))
        .to.throw()
        .with.property('code', 'NOT_FOUND')
    expect(() => assertReviewable(mandate(), stranger), 'given on line')
      .to.throw()
      .with.property('code', 'NOT_FOUND')
    for (const done of [{ review: 'approved' }, { revokedAt: at('2026-03-09') }] as const)
      expect(() => assertReviewable({ ...paper, ...done }, stranger))
        .to.throw()
        .with.property('code', 'CONFLICT')
  })
})

describe('the form of a mandate', () => {
  const choices: Choices = {
    procedures: [
      { id: 'scia', title: 'SCIA', principals: ['person', 'company'] },
      { id: 'contrassegno', title: 'Contrassegno', principals: ['person'] },
      { id: 'residenza', title: 'Residenza', principals: [] },
    ],
    filings: [
      { id: 'f1', title: 'Accesso' },
      { id: 'f3', title: 'Passo carrabile' },
    ],
  }
  const good: FormBody = {
    nome: ' Luca ',
    cognome: 'Neri',
    codiceFiscale: 'nrelcu73e27 d612y',
    ambito: 'servizi',
    servizi: ['scia'],
    dal: '2026-03-01',
    al: '2026-03-31',
  }
  const decode = (changes: FormBody = {}, principal: PrincipalKind = 'person') =>
    decodeMandate({ ...good, ...changes }, { choices, today: '2026-03-10', own: anna, principal })

  it('is read as it was meant', () => {
    expect(decode()).to.deep.equal({
      asked: {
        other: { kind: 'person', givenName: 'Luca', familyName: 'Neri', cf: luca },
        scope: { kind: 'procedures', procedures: ['scia'] },
        from: '2026-03-01',
        to: '2026-03-31',
      },
      errors: {},
    })
    expect(decode({ ambito: 'pratica', pratica: 'f1' }).asked?.scope).to.deep.equal({ kind: 'filing', filing: 'f1' })
    const company = decode({ chi: 'impresa', denominazione: 'Bottega', cfImpresa: '99000200016' })
    expect(company.asked?.other).to.deep.equal({ kind: 'company', name: 'Bottega', cf: '99000200016' })
    const trader = decode({ chi: 'impresa', denominazione: 'Neri Luca', cfImpresa: luca })
    expect(trader.asked?.other, 'whose code is that of its owner').to.deep.include({ kind: 'company', cf: luca })
    expect(decode({ ambito: 'tutti' }).asked?.scope).to.deep.equal({ kind: 'all' })
  })

  it('names its parties on one line: no name brings paragraphs of its own into a receipt or a letter', () => {
    const person = decode({ nome: 'Luca\r\n\r\nIl Comune concede', cognome: 'De\t Neri' }).asked?.other
    expect(person).to.include({ givenName: 'Luca Il Comune concede', familyName: 'De Neri' })
    const company = decode({ chi: 'impresa', denominazione: 'Bottega\n\nIl Sindaco', cfImpresa: '99000200016' })
    expect(company.asked?.other).to.include({ name: 'Bottega Il Sindaco' })
  })

  it('is taken for one day, and until today', () => {
    expect(Object.keys(decode({ dal: '', al: '' }).errors), 'both told').to.deep.equal(['dal', 'al'])
    expect(decode({ dal: '2026-03-31', al: '2026-03-31' }).asked).to.include({ from: '2026-03-31', to: '2026-03-31' })
    expect(decode({ al: '2026-03-10' }).asked).to.include({ to: '2026-03-10' })
  })

  it('is for the filing whose number was typed, whichever was chosen before', () => {
    const meant = { ...choices, filings: choices.filings.slice(1) }
    const byNumber = (filings: Choices['filings']) =>
      decodeMandate(
        { ...good, ambito: 'pratica', pratica: 'f1', numero: '12/2026' },
        { choices: { ...meant, filings }, today: '2026-03-10', own: anna, principal: 'person' },
      )
    expect(byNumber(meant.filings).asked?.scope).to.deep.equal({ kind: 'filing', filing: 'f3' })
    expect(byNumber([]).errors['numero']).to.include('nessuna pratica ha questo numero')
  })

  it('asks for a number where there are more filings than it offers', () => {
    const names = (more: boolean) =>
      scopeFields({}, {}, { choices: { ...choices, more }, principals: ['person'] }).map(({ name }) => name)
    expect(names(false)).to.deep.equal(['ambito', 'servizi', 'pratica'])
    expect(names(true)).to.deep.equal(['ambito', 'servizi', 'pratica', 'numero'])
  })

  const wrong: [what: string, FormBody, field: string][] = [
    ['to oneself', { codiceFiscale: anna }, 'codiceFiscale'],
    ['to a code with a wrong check letter', { codiceFiscale: 'NRELCU73E27D612Z' }, 'codiceFiscale'],
    ['to a company on line with a wrong code', { chi: 'impresa', denominazione: 'B', cfImpresa: '1' }, 'cfImpresa'],
    ['without a name', { nome: '  ' }, 'nome'],
    ['without a surname', { cognome: '' }, 'cognome'],
    ['to a company without a name', { chi: 'impresa', denominazione: '', cfImpresa: '99000200016' }, 'denominazione'],
    ['with a name that no page could show', { nome: 'x'.repeat(1000) }, 'nome'],
    ['for services that are not there', { servizi: ['altro'] }, 'servizi'],
    ['for a service that nobody asks for another', { servizi: ['scia', 'residenza'] }, 'servizi'],
    ['for somebody else’s filing', { ambito: 'pratica', pratica: 'f2' }, 'pratica'],
    ['for a number that several filings have', { ambito: 'pratica', numero: '12', pratica: 'f1' }, 'numero'],
    ['for nothing', { ambito: '' }, 'ambito'],
    ['with a list where a word is wanted', { ambito: ['tutti', 'tutti'] }, 'ambito'],
    ['that is over', { dal: '2026-01-01', al: '2026-03-09' }, 'al'],
    ['that ends before it begins', { dal: '2026-05-01', al: '2026-04-01' }, 'al'],
    ['of a day that is none', { dal: '2026-02-30' }, 'dal'],
    ['until a day that is none', { al: '2026-03-32' }, 'al'],
  ]
  for (const [what, changes, field] of wrong) {
    it(`is refused ${what}`, () => {
      const { asked, errors } = decode(changes)
      expect(asked).to.equal(null)
      expect(Object.keys(errors)).to.deep.equal([field])
    })
  }

  it('tells a code that is missing from a wrong one', () => {
    expect(decode({ codiceFiscale: ' ' }).errors).to.deep.equal({ codiceFiscale: 'Scrivi il codice fiscale.' })
    expect(decode({ chi: 'impresa', denominazione: 'B', cfImpresa: '' }).errors).to.deep.equal({
      cfImpresa: 'Scrivi il codice fiscale dell’impresa o dell’ente.',
    })
  })

  it('offers and takes for a company only what can be filed for one, and says so', () => {
    const offered = (...principals: PrincipalKind[]) => {
      const [scope, services] = scopeFields({}, {}, { choices, principals })
      const labels = (field: typeof scope) => (field?.control.options ?? []).map(({ label }) => label)
      return { all: labels(scope)[1], services: labels(services) }
    }
    expect(offered('company')).to.deep.equal({
      all: 'Tutti i servizi che si possono chiedere per un’impresa',
      services: ['SCIA'],
    })
    expect(offered('person')).to.deep.equal({
      all: 'Tutti i servizi che si possono chiedere per un’altra persona',
      services: ['SCIA', 'Contrassegno'],
    })
    expect(decode({}, 'company').asked?.scope).to.deep.equal({ kind: 'procedures', procedures: ['scia'] })
    const { asked, errors } = decode({ servizi: ['scia', 'contrassegno'] }, 'company')
    expect([asked, errors['servizi']]).to.deep.equal([
      null,
      'Per un’impresa non si può agire in «Contrassegno»: togli la scelta.',
    ])
    const principal = { kind: 'company', name: 'Bottega', cf: '99000200016' } as const
    expect(scopeText(mandate({ principal }), choices)).to.equal(
      'tutti i servizi che si possono chiedere per un’impresa',
    )
  })
})
