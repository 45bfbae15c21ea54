import type { Form, Reuse } from '../forms/index.ts'
import type { EventType } from '../history/index.ts'
import type { IsoDate } from '../shared/dates.ts'

/** What the person asks for (procedures.csv `kind`): decides the wording of pages, letters and register subject. */
type ProcedureKind =
  | 'istanza'
  | 'dichiarazione'
  | 'comunicazione'
  | 'segnalazione'
  | 'scia'
  | 'richiesta-accesso'
  | 'richiesta-certificato'
  | 'iscrizione'
  | 'prenotazione'
  | 'pagamento'

/** How the procedure ends when all goes well. */
type Outcome = 'provvedimento' | 'presa-d-atto' | 'certificato' | 'scia'

export type ApplicantKind = 'cittadino' | 'impresa' | 'associazione' | 'professionista'

/** In what quality one files (protocol-and-procedure.md §2, last bullet). */
export type Profile = 'self' | 'parent' | 'guardian' | 'proxy' | 'legal-representative' | 'professional'

/**
 * The term of conclusion (L. 241/1990 art. 2). `days` are calendar days from the day of filing, that day not counted.
 * `effect` is what the law makes of silence; `mode` is what a request of integration does to the clock.
 */
export type Term = Readonly<{
  days: number
  effect: 'silenzio-assenso' | 'silenzio-rifiuto' | 'scia' | 'none'
  mode: 'suspend' | 'interrupt'
  law: string
  /** One Italian sentence for card and receipt: what happens if the office says nothing in time. */
  silence: string
}>

/** Money in euro cents. A fee without `cents` is computed by the office; `text` says how. */
export type Fee = Readonly<{ id: string; text: string; cents?: number; law?: string }>

/**
 * Imposta di bollo (DPR 642/1972). `due` when at least some filings owe it: the form asks when, and the pointers say which
 * answers hold the stamp's 14 digits (used once in the whole municipality) and its date.
 */
export type StampDuty = Readonly<{
  due: boolean
  law: string
  text: string
  cents?: number
  fields?: Readonly<{ identifier: string; date: string }>
}>

/**
 * Whose signature is expected: by role, or a person in the answers (an object with `nome`, `cognome`, `codiceFiscale`; `/soci/*`
 * is each item of a list). `role` is what they are, in Italian, as in «Luca Neri (tecnico)».
 */
export type SignerRule = 'filer' | 'principal' | Readonly<{ person: string; role: string }>

/**
 * Which uploaded documents must be signed. A field that is not listed takes any file of its accepted types. Advanced and
 * qualified signatures are both taken: CAD art. 65 c. 1 a, DPCM 22/02/2013 art. 61.
 */
export type DocumentSignature = Readonly<{
  /** JSON Pointer of the upload field. */
  field: string
  /** A file without any signature is refused. */
  required: boolean
  formats: readonly ('PAdES' | 'CAdES')[]
  signers: readonly SignerRule[]
  /** Must each of the signers whom the answers name have signed, or one of them? Without it who signed is not looked at. */
  quorum?: 'all' | 'any'
  /** Italian sentence beside the field. */
  text: string
}>

/** CAD art. 65 c. 1 b: the authenticated submission is itself the signature; `none` for reports that need no signature. */
export type SignaturePolicy = Readonly<{
  filing: 'identity' | 'none'
  law: string
  documents: readonly DocumentSignature[]
  /** PDF files with scripts, dynamic forms and the like: taken and marked, or refused. `mark` when left out. */
  activeContent?: 'refuse' | 'mark'
}>

/** A statement that the person makes by sending; shown at the summary before the send button (DPR 445/2000 art. 48 c. 2). */
type Declaration = Readonly<{ id: string; law: string; text: string }>

/** GDPR art. 13: what is proper to this family of procedures. Controller, contacts and rights are the same for all (privacy.ts). */
type Privacy = Readonly<{
  family: string
  purpose: string
  basis: string
  /** Present when special categories are treated (GDPR art. 9, D.Lgs. 196/2003 art. 2-sexies). */
  special?: string
  recipients: string
  retention: string
  /** Must the data be given, and what if they are not. */
  obligation: string
}>

export type FilingState =
  | 'submitted'
  | 'in-charge'
  | 'waiting-integration'
  | 'refusal-announced'
  | 'attestation-asked'
  | 'accepted'
  | 'refused'
  | 'withdrawn'
  | 'closed'
export type ActorRole = 'citizen' | 'desk-officer' | 'specialist' | 'head-of-office'

/** One step that may be taken on a filing. The workflow is data, so that a municipality changes it without code. */
export type Transition = Readonly<{
  /** Also the last part of the URL. */
  id: string
  event: EventType
  from: readonly FilingState[]
  to: FilingState
  by: readonly ActorRole[]
  /** Text of the button. */
  label: string
  /** Text that tells the citizen, in timeline and message. */
  told: string
  /** What whoever takes it should know before. */
  notice?: string
  /** May be done once in the life of a filing (L. 241/1990 art. 2 c. 7). */
  once?: boolean
  /** Calendar days that the other side has, counted from the step. */
  answerDays?: Readonly<{ default: number; min: number; max: number }>
  /** Reasons written by the officer; art. 3 L. 241/1990 wants them in every negative act. */
  reasons?: 'required' | 'optional'
  /** May be taken only after this event, as a refusal after its notice (L. 241/1990 art. 10-bis). */
  requires?: EventType
  /** May be taken only once the last day of the term is over. */
  after?: 'term'
  /** Is the citizen asked for documents with the step, or sends them by it. */
  documents?: 'required' | 'optional'
  /** Letter that is composed, sealed, registered as outgoing and sent. */
  letter?: string
  /** Who must sign the letter before the step is taken: whoever takes it then only proposes it. */
  signedBy?: 'head-of-office'
}>

/** Text of an outgoing letter. Placeholders in double braces are those of LETTER_FACTS; an unknown one stops the start. */
type Letter = Readonly<{ subject: string; paragraphs: readonly string[] }>

/** The card of the service, every item of the official model in its order (service-requirements.md A1). */
type Card = Readonly<{
  status: 'active' | 'not-active'
  /** Why it is not active. */
  reason?: string
  description: string
  audience: string
  howTo: readonly string[]
  needed: readonly string[]
  obtained: string
  times: Readonly<{ text: string; phases: readonly Readonly<{ title: string; text: string }>[] }>
  costs: readonly string[]
  conditions: readonly string[]
  specialCases: readonly string[]
  moreInformation: readonly string[]
  lifeEvents: readonly string[]
  updatedAt: IsoDate
}>

/** `procedure.json`, as the office writes it. A published version never changes: a change of anything is a new version. */
export type ProcedureSource = Readonly<{
  id: string
  version: number
  /** Folder and id of the office that is responsible for the procedure. */
  office: string
  title: string
  /** Second-level category of the official vocabulary (service-requirements.md A2). */
  category: string
  topics: readonly string[]
  keywords: readonly string[]
  kind: ProcedureKind
  outcome: Outcome
  applicants: readonly ApplicantKind[]
  /** In which ways one may act; which of them, and for whom, the person says before the first step. */
  profiles: readonly Profile[]
  /** For whom a professional or a proxy files; there whenever `profiles` names a professional. */
  clients?: 'person' | 'company'
  login: Readonly<{ level: 1 | 2 | 3 }>
  card: Card
  term: Term
  legalBasis: readonly Readonly<{ text: string; articles: string; url?: string }>[]
  /** Titolo and classe of the municipal plan, `XI.2`. */
  classification: string
  /** Subject of the register entry; same placeholders as letters, never health data. */
  subject: string
  /** What tells one request from another in lists, those of the office and of whoever sent it: answers, as pointers in double braces; never health data. */
  about?: string
  signature: SignaturePolicy
  fees: readonly Fee[]
  stampDuty: StampDuty
  declarations: readonly Declaration[]
  privacy: Privacy
  workflow: readonly Transition[]
  letters: Readonly<Record<string, Letter>>
  /** `years: null` is permanent keeping. */
  retention: Readonly<{ years: number | null; text: string }>
  /** Restricted visibility in the register ("protocollo riservato"): health data and the like. */
  reserved: boolean
}>

/** A procedure version as the other rooms use it: its content, its hash over its files, its form ready to run. */
export type ProcedureVersion = ProcedureSource &
  Readonly<{
    hash: string
    form: Form
    /**
     * Today's, for every version, and no part of the hash: it decides what is offered to a person, not what was asked of them.
     */
    reuse: Reuse
  }>
