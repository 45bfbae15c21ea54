import type { Author } from '../shared/party.ts'

/** What can happen to a filing, in the words of its life (protocol-and-procedure.md §3.1). */
export type EventType =
  | 'submitted'
  | 'taken-in-charge'
  | 'integration-requested'
  | 'integration-received'
  | 'refusal-announced'
  | 'observations-received'
  /** That silence was consent (L. 241/1990 art. 20 c. 2-bis). */
  | 'attestation-requested'
  | 'accepted'
  | 'refused'
  | 'withdrawn'
  | 'outcome-sent'
  | 'message-sent'
  | 'document-issued'
  /** A step waits for the signature of its letter, or was sent back unsigned: the office's own business. */
  | 'signature-asked'
  | 'signature-refused'
  | 'closed'
  | 'conflict-declared'
  | 'assigned'

export type NewEvent = Readonly<{
  municipality: string
  filing: string
  type: EventType
  at: Date
  by: Author
  /** JSON values only: what this kind of event must remember (protocol number, reason, document ids and hashes…). */
  data: Readonly<Record<string, unknown>>
  /** What an officer wrote for the office alone: it is no answer to anybody. */
  note?: string
}>

/**
 * One entry of a filing's append-only, hash-chained history. `hash` covers all other fields and the previous hash; of an
 * officer's tax code and note it covers digests with `salt`, so that a copy without them can be checked too.
 */
export type HistoryEvent = NewEvent &
  Readonly<{ id: string; sequence: number; previousHash: string; hash: string; salt?: string }>
