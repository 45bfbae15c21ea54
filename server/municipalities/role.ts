/** What one may do with a filing that was sent; a citizen may do some of it on their own. */
export type FilingPower =
  /** That it is there: procedure, protocol, state, term, who works on it. */
  | 'see'
  /** Answers, documents and history. */
  | 'read'
  | 'take-charge'
  | 'ask-integration'
  | 'announce-refusal'
  | 'decide'
  | 'declare-conflict'
  | 'assign'

/** What a role may do besides filings, in the municipality's own house. */
export type HousePower =
  | 'read-register'
  /** Reserved entries of every office, and annulments (DPR 445/2000 art. 61). */
  | 'keep-register'
  /** Acts of the office, where a procedure asks for a signature (D.Lgs. 267/2000 art. 107 c. 2 and 3). */
  | 'sign-letters'
  /** Powers of attorney on paper (DPR 445/2000 art. 38 c. 3-bis). */
  | 'review-mandates'
  /** The log of logins (DPCM 24/10/2014 art. 13). */
  | 'read-message-log'
  /** Requests that personal data be corrected (GDPR art. 16, 38 c. 4). */
  | 'answer-corrections'
  | 'read-appointments'
  | 'appoint'
  /** What concerns the installation and no filing. */
  | 'keep-platform'

type RoleRule = Readonly<{
  name: string
  /** Where an appointment holds: in one office, or in the municipality (all of the union's) as a whole. */
  of: 'office' | 'municipality' | 'union'
  filings: readonly FilingPower[]
  house: readonly HousePower[]
}>

/** The procedure's workflow says which of the working roles takes which step. */
const WORK: readonly FilingPower[] = [
  'see',
  'read',
  'take-charge',
  'ask-integration',
  'announce-refusal',
  'decide',
  'declare-conflict',
]

const rule = <R extends Record<string, RoleRule>>(roles: R): R => roles

/**
 * The roles that a municipality gives, and all that each may see and do. Nobody sees more than their task needs
 * (GDPR art. 5 c. 1 c): those who watch over the house read its logs and no filing, those who appoint read neither.
 */
export const ROLES = rule({
  'info-point': { name: 'Sportello informativo', of: 'municipality', filings: ['see'], house: [] },
  'desk-officer': { name: 'Operatore di sportello', of: 'office', filings: WORK, house: [] },
  specialist: { name: 'Istruttore', of: 'office', filings: WORK, house: [] },
  'protocol-officer': {
    name: 'Addetto al protocollo',
    of: 'office',
    filings: [],
    house: ['read-register', 'keep-register', 'review-mandates'],
  },
  'head-of-office': {
    name: 'Responsabile dell’ufficio',
    of: 'office',
    filings: [...WORK, 'assign'],
    house: ['read-register', 'review-mandates', 'sign-letters'],
  },
  auditor: {
    name: 'Addetto ai controlli interni',
    of: 'municipality',
    filings: [],
    house: ['read-message-log', 'read-appointments'],
  },
  'data-protection-officer': {
    name: 'Responsabile della protezione dei dati',
    of: 'municipality',
    filings: [],
    house: ['read-message-log', 'answer-corrections', 'read-appointments'],
  },
  administrator: {
    name: 'Amministratore del Comune',
    of: 'municipality',
    filings: [],
    house: ['read-appointments', 'appoint', 'keep-platform'],
  },
  'union-administrator': {
    name: 'Amministratore dell’Unione',
    of: 'union',
    filings: [],
    house: ['read-appointments', 'appoint', 'keep-platform'],
  },
})

export type Role = keyof typeof ROLES

export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text)

/** A role as it holds today; `office` is null for a role of the whole municipality. */
export type Appointment = Readonly<{ role: Role; office: string | null }>

/** Does the appointment reach what belongs to this office? */
export const reaches = ({ role, office }: Appointment, of: string): boolean =>
  ROLES[role].of === 'office' ? office === of : true

/** Whether one of these appointments gives the power, in whatever office. */
export const mayInHouse = (appointments: readonly Appointment[], power: HousePower): boolean =>
  appointments.some(({ role }) => (ROLES[role] as RoleRule).house.includes(power))

/** What these appointments let one do with the filings of an office. */
export const powersIn = (appointments: readonly Appointment[], office: string): ReadonlySet<FilingPower> =>
  new Set(appointments.filter((one) => reaches(one, office)).flatMap(({ role }) => ROLES[role].filings))
