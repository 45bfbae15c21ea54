import { AppError } from '../errors.ts'
import { romeDate, type IsoDate } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'
import type { Transaction } from '../shared/transaction.ts'
import { reasonError } from '../shared/form-body.ts'
import type { RegisterEntry } from './register.ts'

/** Data of art. 53 c. 1 c, d, e: never overwritten; the old value stays legible beside the new one (art. 54). */
const CORRECTABLE = ['subject', 'sender', 'recipients', 'received'] as const

/** The only data of an entry that work on it may move, each move kept with its author (AgID guidelines §3.1.4). */
type Movable = 'office' | 'classification'

type Field = (typeof CORRECTABLE)[number] | Movable

type Change =
  | Readonly<{ kind: 'annulment' }>
  | { [F in Field]: Readonly<{ kind: 'correction'; field: F; value: Required<RegisterEntry>[F] }> }[Field]

export type NewAmendment = Readonly<{
  change: Change
  at: Date
  by: Author
  reason: string
  /** The act by which the head of the protocol service authorised it (art. 61 c. 3 g); not needed for a mere move. */
  act?: Readonly<{ number: string; date: IsoDate }>
}>

/** An annulment or correction: a new record beside the entry, which itself never changes. */
export type Amendment = NewAmendment &
  Readonly<{
    id: string
    municipality: string
    entry: string
    date: IsoDate
    /** From 1 within its entry. */
    sequence: number
    /** The value that it replaces, kept so that both can be compared. */
    before?: unknown
  }>

export type AmendmentStore = {
  /** Fails with CONFLICT if somebody amended the entry since it was read. */
  insert(amendment: Amendment, tx: Transaction): Promise<void>
  ofEntries(ids: readonly string[], tx?: Transaction): Promise<Amendment[]>
  ofDay(municipality: string, date: IsoDate): Promise<Amendment[]>
}

/** The annulment among the amendments of an entry; undefined when it stands. */
export const annulmentOf = (amendments: readonly Amendment[]): Amendment | undefined =>
  amendments.find(({ change }) => change.kind === 'annulment')

/** The annulment among those made before, if this request is the same once more: pressed twice, or its answer was lost. */
export function annulledBy(
  { change, by, reason, act }: NewAmendment,
  earlier: readonly Amendment[],
): Amendment | undefined {
  const made = change.kind === 'annulment' ? annulmentOf(earlier) : undefined
  const isSame = made?.by.name === by.name && made.reason === reason && sameAct(made.act, act)
  return isSame ? made : undefined
}

const sameAct = (one: NewAmendment['act'], other: NewAmendment['act']): boolean =>
  one?.number === other?.number && one?.date === other?.date

/** What is wrong with the reason of an amendment, in Italian; undefined when nothing is. */
export const amendmentReasonError = (reason: string): string | undefined =>
  reasonError(reason.trim(), 'Scrivi il motivo: resta nel registro accanto alla registrazione.')

/** Checks a requested amendment against the entry and those made before it. */
export function amend(
  entry: RegisterEntry,
  earlier: readonly Amendment[],
  request: NewAmendment,
): Omit<Amendment, 'id'> {
  if (annulmentOf(earlier)) {
    throw new AppError('CONFLICT', 'The entry is annulled', {
      explanation: 'Questa registrazione è già stata annullata: non si può più modificare.',
    })
  }
  const wrong = amendmentReasonError(request.reason)
  if (wrong) {
    throw new AppError('INVALID_INPUT', 'Amendment without a reason, or with too long a one', {
      field: 'reason',
      explanation: wrong,
    })
  }
  if (!request.act && needsAct(request.change)) {
    throw new AppError('INVALID_INPUT', 'Amendment without an authorising act', {
      field: 'act',
      explanation: 'Indica numero e data del provvedimento che autorizza la modifica (DPR 445/2000, art. 54).',
    })
  }
  return {
    ...request,
    municipality: entry.municipality,
    entry: entry.id,
    date: romeDate(request.at),
    sequence: earlier.length + 1,
    ...(request.change.kind === 'correction' && { before: currentEntry(entry, earlier)[request.change.field] ?? null }),
  }
}

/** The entry with the corrections made so far, in their order. An annulment takes nothing away: it marks. */
export function currentEntry(entry: RegisterEntry, amendments: readonly Amendment[]): RegisterEntry {
  const values = amendments.map(({ change }) => (change.kind === 'correction' ? { [change.field]: change.value } : {}))
  return Object.assign({ ...entry }, ...values) as RegisterEntry
}

const needsAct = (change: Change): boolean =>
  change.kind === 'annulment' || CORRECTABLE.some((field) => field === change.field)
