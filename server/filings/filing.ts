import { AppError } from '../errors.ts'
import type { DocumentId } from '../documents/index.ts'
import type { Answers } from '../forms/index.ts'
import type { Level, Scheme } from '../identity/index.ts'
import type { Mandate } from '../mandates/index.ts'
import type { ActorRole, FilingState as SubmittedState } from '../procedures/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { Author, Party } from '../shared/party.ts'
import type { Transaction } from '../shared/transaction.ts'
import type { Acting } from './acting.ts'

export type FilingId = string & { readonly brand: 'FilingId' }
export type { SubmittedState }

type Common = Readonly<{
  id: FilingId
  municipality: string
  /** The published version it was begun on, for ever. */
  procedure: Readonly<{ id: string; version: number; hash: string; title: string }>
  channel: 'web' | 'counter' | 'pec' | 'paper'
  /** Account key of the person who files. */
  owner: string
  /** How they act. */
  profile: Acting['profile']
  /** For whom they act; null for themselves. */
  principal: Acting['principal']
  ground: Acting['ground']
  /** The office that decides. */
  office: string
  answers: Answers
  /** Grows at each save: who saves over a newer revision is told (409). */
  revision: number
  createdAt: Date
  updatedAt: Date
}>

/**
 * A step as it was sent, while it is not valid. Fields are pairs, because a field's name is no safe key of an object; files
 * are named by the upload field in which they were put.
 */
export type Typed = Readonly<{
  step: string
  fields: readonly Readonly<{ name: string; value: string | readonly string[] }>[]
  files: readonly Readonly<{ name: string; documentId: string }>[]
  /** Lists of this step that were changed after it was typed, each as a whole. Absent in older drafts. */
  lists?: readonly Readonly<{ name: string; items: readonly Readonly<Record<string, unknown>>[] }>[]
}>

export type Draft = Common &
  Readonly<{
    state: 'draft'
    /** Comes from the page by which it was begun: pressing "Inizia" twice begins one draft. */
    key: string
    privacyReadAt: Date
    /** What was typed in steps and is not valid yet: shown again, never mixed with `answers`. One entry a step. */
    pending: readonly Typed[]
    /** The person went through all steps to the summary: whoever changes one now comes back there. Absent until then. */
    reachedSummary?: boolean
    /** When they began, nothing that they had sent could be offered to them again: no page looks for it. Absent where something could. */
    nothingEarlier?: boolean
    expiresAt: Date
  }>

/** How the filer proved who they are: this, not a signature, makes the filing valid (CAD art. 65 c. 1 b). */
export type LoginEvidence = Readonly<{
  scheme: Scheme
  level: Level
  identityProvider: string
  loginAt: Date
  assertionId?: string
}>

/**
 * A step that an officer decided and whose letter somebody else must sign. It holds no letter: the letter is composed when it
 * is signed, with the date and the terms of that day. It holds for the filing as it stands: any other step ends it.
 */
export type ToSign = Readonly<{
  /** Id of the transition. */
  step: string
  role: ActorRole
  by: Author
  at: Date
  reasons: string
  days: number | null
}>

type ProtocolReference = Readonly<{ entry: string; number: number; year: number; at: Date }>

export type Submitted = Common &
  Readonly<{
    state: SubmittedState
    filer: Party
    evidence: LoginEvidence
    protocol: ProtocolReference
    /** Last day for the answer as the events stand now. */
    due: IsoDate
    /** Last day that whoever filed has for what the office asked; empty while nothing is asked. Absent in older filings. */
    answerBy?: IsoDate
    /** Unguessable: what the receipt's QR code leads to; shows nothing personal. */
    verificationCode: string
    /** Printed on the receipt beside that code: whoever has both sees parties and documents. Absent in older filings. */
    secondCode?: string
    receipt: DocumentId | null
    /** A step that waits for the signature of its letter. */
    toSign?: ToSign | null
    assignedTo: Readonly<{ cf: string; name: string }> | null
    /** Officers who declared a conflict of interests on it (DPR 62/2013 art. 7). */
    abstentions?: readonly Abstention[]
    /** Officers whom the answers name, and who work on it by decision of the head of the office (DPR 62/2013 art. 7). */
    clearances?: readonly Clearance[]
  }>

/**
 * An officer's conflict of interests. The reason is kept here, for the office; the history, which the filer can read, keeps
 * the digest of salt and reason.
 */
type Abstention = Readonly<{ cf: string; name: string; at: Date; reason: string; salt: string }>

/** That there is none although the answers name the officer: kept in the same way, with who decided it. */
type Clearance = Abstention & Readonly<{ by: string }>

export type Filing = Draft | Submitted

/** The office's own: who works on it, what waits unsigned, who abstains or need not, and why. The filer has of it what the history says. */
const OFFICES_OWN: ReadonlySet<string> = new Set([
  'assignedTo',
  'toSign',
  'abstentions',
  'clearances',
] satisfies (keyof Submitted)[])

/** All of a filing that its filer may have. */
export const filersCopy = (filing: Filing): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(filing).filter(([field]) => !OFFICES_OWN.has(field)))

/**
 * Fields that no list shows, and on which no access of a citizen depends: nearly all the bytes of a filing, and the most
 * personal ones.
 */
export const UNLISTED = [
  'answers',
  'pending',
  'reachedSummary',
  'nothingEarlier',
  'key',
  'privacyReadAt',
  'evidence',
  'verificationCode',
  'secondCode',
  'receipt',
  'assignedTo',
  'toSign',
  'abstentions',
  'clearances',
] as const

type Unlisted = (typeof UNLISTED)[number]

export type ListedDraft = Omit<Draft, Unlisted>
/** A filing as a person's lists have it. */
export type Listed = ListedDraft | Omit<Submitted, Unlisted>

/** In whose name somebody filed: their own (null), or that of a company which they represent. */
export type OwnOrCompany = Readonly<{ profile: Acting['profile']; company: string | null }>

/** What a person sent, with what they answered. */
export type Answered = Omit<Submitted, Exclude<Unlisted, 'answers'>>

/**
 * Port to the database. `replace` writes only over the revision that `filing` was read at, and tells with false
 * that somebody was faster.
 */
export type FilingStore = {
  find(municipality: string, id: string, transaction?: Transaction): Promise<Filing | undefined>
  /** Inserts, or returns the draft that the same owner already began with the same key. */
  insertDraft(draft: Draft): Promise<Draft>
  replace(filing: Filing, transaction?: Transaction): Promise<boolean>
  /** Gives a filing its receipt, at whatever revision; false if it has one. */
  addReceipt(filing: Submitted, receipt: DocumentId, transaction: Transaction): Promise<boolean>
  removeDraft(draft: Draft): Promise<void>
  /** What a person sees of filings, last changed first; read in batches, not all at once. */
  ofPerson(municipality: string, seer: Seer, query?: PersonQuery): AsyncIterable<Filing>
  /** One page of it, without the fields that no list shows (`UNLISTED`). */
  listOf(municipality: string, seer: Seer, query: PersonQuery & Page): Promise<Listed[]>
  countOf(municipality: string, seer: Seer, query: PersonQuery): Promise<Counts>
  /** The last changed first: as many as `most`. */
  draftsOf(municipality: string, owner: string, which: { procedure: string; most: number }): Promise<ListedDraft[]>
  /** How many drafts this account has; looks at `most` of them. */
  draftCount(municipality: string, owner: string, most: number): Promise<number>
  /** The last that this account sent in that name, the latest first: as many as `most`, whatever they are. */
  lastSent(municipality: string, owner: string, which: OwnOrCompany & Readonly<{ most: number }>): Promise<Answered[]>
  ofOffices(municipality: string, query: OfficeQuery): Promise<{ filings: Submitted[]; total: number }>
  /** Those of these offices whose filer or principal has all these words (`searchWords`) in name and tax code, the last filed first. */
  named(municipality: string, query: NameQuery): Promise<Named>
  /** Makes those found by name that were filed before one could look so. */
  makeFindable(): Promise<void>
  byVerificationCode(code: string): Promise<Submitted | undefined>
  /** Read in batches, not all at once. */
  expiredDrafts(at: Date): AsyncIterable<Draft>
  /** Drafts of these procedures are not erased before `until`; those whose erasure has begun are. */
  keepDrafts(municipality: string, which: { procedures: readonly string[]; until: Date }): Promise<void>
}

/** Who looks at a list: their account, the names in which others may have sent something for them, and the mandates that they hold today. */
export type Seer = Readonly<{
  owner: string
  names: readonly string[]
  mandates: readonly Pick<Mandate, 'principalKey' | 'scope'>[]
}>

/** Which of the filings that a person sees. */
export type PersonQuery = Readonly<{
  states?: readonly Filing['state'][]
  /** Only those with this number, of one year or of any. */
  protocol?: Readonly<{ number: number; year?: number }>
  ids?: readonly string[]
  /** Only what was sent in this name. */
  sentInNameOf?: string
  /** False: without those that they may only follow for somebody else. */
  followed?: boolean
}>

/** `page` from 1. */
export type Page = Readonly<{ page: number; size: number }>

/** How many filings there are in each state; none where a state is missing. */
export type Counts = ReadonlyMap<Filing['state'], number>

/** How many there are in these states; without a choice in all. */
export const totalIn = (counts: Counts, states: readonly Filing['state'][] = [...counts.keys()]): number =>
  states.reduce((total, state) => total + (counts.get(state) ?? 0), 0)

export type OfficeOrder = 'due' | 'answerBy' | 'newest'

export type OfficeQuery = Readonly<{
  offices: readonly string[]
  states?: readonly SubmittedState[]
  assignedTo?: string
  /**
   * What comes first: what the office has to conclude first (as when nothing is said), what is to be answered first by whoever filed, each
   * then in the order of the register, or what changed last.
   */
  order?: OfficeOrder
  /** Only those with this number, of one year or of any. */
  protocol?: Readonly<{ number: number; year?: number }>
  /** Only those with a letter to be signed. */
  toSign?: true
  page: number
  size: number
}>

export type NameQuery = Readonly<{ offices: readonly string[]; words: readonly string[] }> & Page

/** `total` counts to `MOST_NAMED`; `more` says that there are others beyond. */
export type Named = Readonly<{ filings: Submitted[]; total: number; more: boolean }>

/** Nobody turns forty pages: a first name or a tax code finds sooner. */
export const MOST_NAMED = 1000

/** The filing with that id. Throws NOT_FOUND when there is none, as for one of which the asker may know nothing. */
export async function filingWith(
  store: Pick<FilingStore, 'find'>,
  municipality: string,
  id: string,
  transaction?: Transaction,
): Promise<Filing> {
  const filing = await store.find(municipality, id, transaction)
  if (!filing) throw new AppError('NOT_FOUND', 'No such filing')
  return filing
}

/** Throws CONFLICT unless it is a draft, with the way to what was sent. Whose it is was asked before. */
export function assertDraft(filing: Filing): asserts filing is Draft {
  if (filing.state === 'draft') return
  throw new AppError('CONFLICT', 'Filing is no longer a draft', {
    explanation: 'Questa richiesta è già stata inviata e non si può più modificare. La trovi nella tua area personale.',
    back: `/pratiche/${filing.id}`,
  })
}

/** Throws NOT_FOUND for a draft: pages of sent filings do not exist for it. */
export function assertSubmitted(filing: Filing): asserts filing is Submitted {
  if (filing.state === 'draft') throw new AppError('NOT_FOUND', 'Filing is still a draft')
}

/** The states in which a filing ends. */
export const CONCLUDED: readonly SubmittedState[] = ['accepted', 'refused', 'withdrawn', 'closed']

/** Whether the office has answered for good, or has no more to answer: nothing runs any more. */
export const isConcluded = ({ state }: Pick<Filing, 'state'>): boolean => state !== 'draft' && CONCLUDED.includes(state)

/** The failure of whoever was slower: somebody saved a newer revision. Nothing of theirs was written. */
export const changedMeanwhile = (filing: Filing): AppError =>
  new AppError('CONFLICT', `Filing ${filing.id} was changed by somebody else`, {
    explanation:
      'Nel frattempo questa pratica è stata modificata da un’altra persona o da un’altra scheda. Riaprila per vedere la situazione aggiornata e ripeti l’operazione, se serve ancora.',
    isChangedMeanwhile: true,
  })

/** Whether that is what happened: on the filing as it is now the same may still be possible. */
export const isChangedMeanwhile = (error: AppError): boolean => error.details['isChangedMeanwhile'] === true
