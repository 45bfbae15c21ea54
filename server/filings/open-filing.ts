import type { StoredDocument } from '../documents/index.ts'
import type { HistoryEvent } from '../history/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { Amendment } from '../protocol/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { Actor } from './actor.ts'
import type { Submitted } from './filing.ts'

/** A filing with everything that a page about it shows. */
export type OpenFiling = Readonly<{
  filing: Submitted
  procedure: ProcedureVersion
  events: readonly HistoryEvent[]
  files: readonly StoredDocument[]
  /** When the register marks the number of the filing as annulled. */
  annulment: Amendment | undefined
  /** Who opened it, with the mandates that count for it. */
  actor: Actor
  /** The day in Rome on which it was opened. */
  today: IsoDate
}>

/** Kinds of documents that a person sends: they are part of the filing once a sending or an answer names them. */
const SENT: ReadonlySet<StoredDocument['kind']> = new Set(['attachment', 'integration'])

/**
 * The documents of a filing. Left out are files that came for an answer which was never given (the server died in between),
 * and those that no answer of the draft named any more: they were not registered.
 */
export function partOfFiling(files: readonly StoredDocument[], events: readonly HistoryEvent[]): StoredDocument[] {
  const named = new Set(
    events.flatMap(({ data }) => ((data['documents'] ?? []) as readonly { id: string }[]).map(({ id }) => id)),
  )
  return files.filter(({ id, kind }) => !SENT.has(kind) || named.has(id))
}
