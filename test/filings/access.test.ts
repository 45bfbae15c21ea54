import { expect } from 'chai'
import { denied } from '../../server/filings/access-failure.ts'
import type { InvitedSigner } from '../../server/filings/actor.ts'
import { denial, type Action, type Actor, type HeldMandate } from '../../server/filings/index.ts'
import { actsUnconfirmed } from '../../server/filings/access.ts'
import { ROLES } from '../../server/municipalities/index.ts'
import {
  CHILD,
  citizen,
  CLEARED,
  elsewhere,
  filing,
  FILER,
  NAMES,
  OFFICER,
  officer,
  representing,
  wanting,
} from './actors.ts'

const STATES = [
  'draft',
  'submitted',
  'in-charge',
  'waiting-integration',
  'refusal-announced',
  'attestation-asked',
  'accepted',
  'refused',
  'closed',
  'withdrawn',
] as const

/** One letter a state, in the order of STATES: `x` may, `s` not in this state, `n` not allowed, `w` with a stronger login, `.` it does not exist. */
type Row = Partial<Record<Action, string>>

const ACTIONS: readonly Action[] = [
  'see',
  'read',
  'edit',
  'erase',
  'send',
  'answer',
  'ask-attestation',
  'withdraw',
  'take-charge',
  'ask-integration',
  'announce-refusal',
  'decide',
  'declare-conflict',
  'assign',
  'sign',
]

const NEVER = 'nnnnnnnnnn'
const UNKNOWN = '..........'
const NOT_DRAFT = '.nnnnnnnnn'
const nothing: Row = Object.fromEntries(ACTIONS.map((action) => [action, UNKNOWN]))

const filer: Row = {
  see: 'xxxxxxxxxx',
  read: 'xxxxxxxxxx',
  edit: 'xsssssssss',
  erase: 'xsssssssss',
  send: 'xsssssssss',
  answer: 'sssxxsssss',
  'ask-attestation': 'sxxsssssss',
  withdraw: 'sxxxxxssss',
  'take-charge': NEVER,
  'ask-integration': NEVER,
  'announce-refusal': NEVER,
  decide: NEVER,
  'declare-conflict': NEVER,
  assign: NEVER,
  sign: NEVER,
}

const tooWeak: Row = Object.fromEntries(ACTIONS.map((action) => [action, 'wwwwwwwwww']))

const worker: Row = {
  see: '.xxxxxxxxx',
  read: '.xxxxxxxxx',
  edit: NOT_DRAFT,
  erase: NOT_DRAFT,
  send: NOT_DRAFT,
  answer: NOT_DRAFT,
  'ask-attestation': NOT_DRAFT,
  withdraw: NOT_DRAFT,
  'take-charge': '.xxxxxssss',
  'ask-integration': '.xxxxxssss',
  'announce-refusal': '.xxxxxssss',
  decide: '.xxxxxssss',
  'declare-conflict': '.xxxxxssss',
  assign: NOT_DRAFT,
  sign: NOT_DRAFT,
}

/** Sees that it is there, and may do nothing with it. */
const cover: Row = {
  ...Object.fromEntries(ACTIONS.map((action) => [action, NOT_DRAFT])),
  see: '.xxxxxxxxx',
}

/** Sees the one document, and nothing of the filing: not even that it is there. */
const signer: Row = { ...nothing, sign: 'xsssssssss' }

function invited(change: object = {}, cf = CHILD): InvitedSigner {
  const invitation = { municipality: 'vallechiara', filing: 'f1', state: 'open', signer: { cf: CHILD }, ...change }
  return { kind: 'signer', cf, invitation }
}

const TABLE: readonly (readonly [who: string, actor: Actor | InvitedSigner, row: Row])[] = [
  ['who filed it', citizen(FILER), filer],
  ['who filed it, with too weak a login', wanting(3, FILER), tooWeak],
  ['who filed it, with the login that is asked for', wanting(2, FILER), filer],
  ['another citizen', citizen(CHILD), nothing],
  ['another citizen, with too weak a login', wanting(3, CHILD), nothing],
  ['who is asked to sign', invited(), signer],
  ['somebody else with that invitation', invited({}, OFFICER), nothing],
  ['who has signed', invited({ state: 'signed' }), nothing],
  ['who was asked no longer', invited({ state: 'withdrawn' }), nothing],
  ['who is asked to sign in another filing', invited({ filing: 'f2' }), nothing],
  ['who is asked to sign elsewhere', invited({ municipality: 'altrove' }), nothing],
  ['an officer without a role', officer('specialist', { appointments: [] }), nothing],
  ['the info point', officer('info-point'), cover],
  ['a desk officer of the office', officer('desk-officer'), worker],
  ['a desk officer of another office', elsewhere('desk-officer'), nothing],
  ['a specialist of the office', officer('specialist'), worker],
  ['a specialist of another office', elsewhere('specialist'), nothing],
  ['the head of the office', officer('head-of-office'), { ...worker, assign: '.xxxxxssss' }],
  ['the head of another office', elsewhere('head-of-office'), nothing],
  ['a protocol officer', officer('protocol-officer'), nothing],
  ['the auditor', officer('auditor'), nothing],
  ['the data-protection officer', officer('data-protection-officer'), nothing],
  ['the administrator', officer('administrator'), nothing],
  ['the union’s administrator', officer('union-administrator'), nothing],
  ['the head of the office, filing for themselves', officer('head-of-office', { owner: FILER, cf: FILER }), cover],
  ['a specialist of the filer’s family', officer('specialist', { family: [CHILD, FILER] }), cover],
]

/** Whom the answers name: what is left until the head of the office has decided, and to the head to decide it. */
const NAMED: Row = { ...cover, 'declare-conflict': '.xxxxxssss' }

const NAMING: readonly (readonly [who: string, actor: Actor, change: object, row: Row])[] = [
  ['a specialist', officer('specialist'), NAMES, NAMED],
  ['the head of the office', officer('head-of-office'), NAMES, { ...NAMED, assign: '.xxxxxssss' }],
  ['the head of another office', elsewhere('head-of-office'), NAMES, nothing],
  ['the info point', officer('info-point'), NAMES, cover],
  ['a specialist who may work on it all the same', officer('specialist'), CLEARED, worker],
  ['one who may, and whose colleague is named', officer('specialist', { cf: CHILD, owner: CHILD }), NAMES, worker],
  [
    'one who may, and declared a conflict after',
    officer('head-of-office'),
    { ...CLEARED, abstentions: [{ cf: OFFICER }] },
    cover,
  ],
  ['one who may, and filed it', officer('head-of-office'), { ...CLEARED, owner: OFFICER }, cover],
  ['one who may, and is near to another', officer('specialist', { family: [FILER] }), CLEARED, cover],
]

const LETTERS = { 'not-found': '.', 'not-allowed': 'n', 'wrong-state': 's', 'login-too-weak': 'w' } as const

function letter(reason: ReturnType<typeof denial>): string {
  if (reason === null) return 'x'
  return Object.hasOwn(LETTERS, reason) ? LETTERS[reason as keyof typeof LETTERS] : 'n'
}

/** A filing that Giulia made for Anna under a mandate. */
const ANNA = 'GLLNMR42T48I921B'
const UNDER_MANDATE = {
  profile: 'proxy',
  principal: { kind: 'person', givenName: 'Anna Maria', familyName: 'Galli', cf: ANNA },
  ground: { kind: 'mandate', mandate: 'm1', principalKey: ANNA, origin: 'online', to: '2026-12-31' },
}
const held = (principalKey: string, scope: HeldMandate['scope'] = { kind: 'all' }): HeldMandate[] => [
  { principalKey, scope },
]
/** Given for a company: the same once the business register was asked about who gave it. */
const asked = (mandates: HeldMandate[], confirmation: HeldMandate['confirmation']): HeldMandate[] =>
  mandates.map((mandate) => ({ ...mandate, ...(confirmation && { confirmation }) }))
const ENDED = { kind: 'ended', why: 'Paolo Ferri non rappresenta più l’impresa.' } as const
const services = (...procedures: string[]): HeldMandate['scope'] => ({ kind: 'procedures', procedures })
const only = (id: string): HeldMandate['scope'] => ({ kind: 'filing', filing: id })

/** What was sent is the principal's; what is drafted is not lost, and is not sent. */
const formerProxy: Row = {
  ...Object.fromEntries(ACTIONS.map((action) => [action, 'n.........'])),
  see: 'x.........',
  read: 'x.........',
  edit: 'x.........',
  erase: 'x.........',
  send: 'n.........',
  answer: 's.........',
  'ask-attestation': 's.........',
  withdraw: 's.........',
}
const principal: Row = {
  ...Object.fromEntries(ACTIONS.map((action) => [action, NOT_DRAFT])),
  see: '.xxxxxxxxx',
  read: '.xxxxxxxxx',
  answer: '.ssxxsssss',
  'ask-attestation': '.xxsssssss',
  withdraw: '.xxxxxssss',
}

/** Follows it and answers, as the giver of a mandate for one filing reads. */
const follower: Row = { ...principal, 'ask-attestation': NOT_DRAFT, withdraw: NOT_DRAFT }

/** Looks on, and does nothing more in the company’s name. */
const unconfirmedProxy: Row = {
  ...filer,
  send: NEVER,
  answer: 'snnnnnnnnn',
  'ask-attestation': 'snnnnnnnnn',
  withdraw: 'snnnnnnnnn',
}

const MANDATES: readonly (readonly [who: string, actor: Actor, row: Row])[] = [
  ['the proxy, while the mandate holds', citizen(FILER, held(ANNA)), filer],
  ['the proxy, with another mandate for that service', citizen(FILER, held(ANNA, services('scia'))), filer],
  ['the proxy, after it ended or was revoked', citizen(FILER), formerProxy],
  ['the proxy, with a mandate for other services', citizen(FILER, held(ANNA, services('accesso'))), formerProxy],
  ['the proxy, with a mandate of another person', citizen(FILER, held(CHILD)), formerProxy],
  ['the proxy, whom the register confirms', citizen(FILER, asked(held(ANNA), { kind: 'confirmed' })), filer],
  ['the proxy, while the register is silent', citizen(FILER, asked(held(ANNA), { kind: 'register-silent' })), filer],
  ['the proxy of who left the company', citizen(FILER, asked(held(ANNA), ENDED)), unconfirmedProxy],
  [
    'the proxy of who left the company and of who stayed',
    citizen(FILER, [...asked(held(ANNA), ENDED), ...asked(held(ANNA), { kind: 'confirmed' })]),
    filer,
  ],
  ['the principal', citizen(ANNA), principal],
  ['another citizen', citizen(CHILD), nothing],
  ['another proxy of the principal', citizen(CHILD, held(ANNA)), nothing],
  ['another proxy, for this filing', citizen(CHILD, held(ANNA, only('f1'))), follower],
  [
    'another proxy of who left the company, for this filing',
    citizen(CHILD, asked(held(ANNA, only('f1')), ENDED)),
    { ...follower, answer: NOT_DRAFT },
  ],
  ['another proxy, for another filing', citizen(CHILD, held(ANNA, only('f2'))), nothing],
  ['a proxy of the filer, for this filing', citizen(CHILD, held(FILER, only('f1'))), nothing],
  ['who represents the company that is the principal', representing(CHILD, ANNA), principal],
  ['who represents another company', representing(CHILD, OFFICER), nothing],
  ['an officer who is the principal', officer('specialist', { owner: ANNA, cf: ANNA }), cover],
]

const rowOf = (actor: Actor | InvitedSigner, change: object = {}): Row =>
  Object.fromEntries(
    ACTIONS.map((action) => [
      action,
      STATES.map((state) => letter(denial(filing({ ...change, state }), action, actor))).join(''),
    ]),
  )

describe('who may do what with a filing', () => {
  for (const [who, actor, row] of TABLE) it(who, () => expect(rowOf(actor)).to.deep.equal(row))

  it('of one’s own, by who has a mandate for it', () => {
    expect(rowOf(citizen(CHILD, held(FILER, only('f1'))))).to.deep.equal(follower)
    expect(rowOf(citizen(CHILD, held(FILER))), 'a mandate for what is yet to be filed').to.deep.equal(nothing)
  })

  describe('whose answers name an officer', () => {
    for (const [who, actor, change, row] of NAMING) it(who, () => expect(rowOf(actor, change)).to.deep.equal(row))
  })

  describe('under a mandate', () => {
    for (const [who, actor, row] of MANDATES) it(who, () => expect(rowOf(actor, UNDER_MANDATE)).to.deep.equal(row))

    it('of one filing says that it is not for ending it, and not that it has ended', () => {
      const follows = citizen(CHILD, held(ANNA, only('f1')))
      expect(denial(filing({ ...UNDER_MANDATE, state: 'in-charge' }), 'withdraw', follows)).to.equal('not-allowed')
    })

    it('says why it is not sent any more', () => {
      const draft = filing({ ...UNDER_MANDATE, state: 'draft' })
      expect(denial(draft, 'send', citizen(FILER))).to.equal('mandate-ended')
    })

    it('says what the business register says of who gave it', () => {
      const former = citizen(FILER, asked(held(ANNA), ENDED))
      const words = (state: string, action: Action) => {
        const about = filing({ ...UNDER_MANDATE, state })
        expect(denial(about, action, former)).to.equal('mandate-ended')
        return denied('mandate-ended', about, former).explanation
      }
      expect(words('draft', 'send')).to.equal(
        `${ENDED.why} Non abbiamo inviato niente: la bozza resta nella tua area personale.`,
      )
      expect(words('waiting-integration', 'answer')).to.equal(`${ENDED.why} Non abbiamo inviato niente.`)
    })

    it('is acted under unconfirmed only while nobody could be asked about any of them', () => {
      const silent = asked(held(ANNA), { kind: 'register-silent' })
      expect(actsUnconfirmed(citizen(FILER, silent))).to.equal(true)
      expect(actsUnconfirmed(citizen(FILER, [...silent, ...asked(held(ANNA), ENDED)]))).to.equal(true)
      expect(actsUnconfirmed(citizen(FILER, [...silent, ...asked(held(ANNA), { kind: 'confirmed' })]))).to.equal(false)
      for (const mandates of [[], asked(held(ANNA), ENDED)])
        expect(actsUnconfirmed(citizen(FILER, mandates))).to.equal(false)
      expect(actsUnconfirmed(officer('specialist')), 'an officer, who acts for nobody').to.equal(false)
    })
  })

  it('has a row for every role', () => {
    const named = TABLE.flatMap(([, actor]) => (actor.kind === 'officer' ? actor.appointments : []))
    expect(new Set(named.map(({ role }) => role))).to.deep.equal(new Set(Object.keys(ROLES)))
  })
})
