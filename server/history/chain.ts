import { createHash } from 'node:crypto'
import type { HistoryEvent, NewEvent } from './event.ts'

/** Stands for the previous hash in the first event of a filing. */
const GENESIS = '0'.repeat(64)

/**
 * Number and hash of the last event of a filing. Kept apart from the events, so that it is noticed when the last ones are cut
 * off.
 */
export type Head = Readonly<{ sequence: number; hash: string }>

/** JSON with sorted keys and no white space (the rules of RFC 8785 for the values that we store): same data, same bytes. */
export function canonicalJson(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

/** An event as anybody may have it: digests stand in the place of an officer's tax code and note. */
export type DisclosedEvent = Omit<HistoryEvent, 'by' | 'salt'> &
  Readonly<{ by: Readonly<Record<string, unknown>>; noteDigest?: string }>

/**
 * The event without the officer's tax code and note, which are the office's. A tax code can be guessed, its digest with 128 random
 * bits cannot; the hash of the event stays the same. Where there is no salt there is nothing to take out, and a note is one that
 * somebody added: it stays, and the hash does not hold.
 */
export function disclosed(event: HistoryEvent): DisclosedEvent {
  const { salt, by, ...rest } = event
  if (salt === undefined || by.kind !== 'officer') return { ...rest, by }
  const { note, ...known } = rest
  const { cf, ...others } = by
  return {
    ...known,
    ...(note !== undefined && { noteDigest: sha256(`${salt}${note}`) }),
    by: { ...others, cfDigest: sha256(`${salt}${cf}`) },
  }
}

/** Lower-case hexadecimal SHA-256 of every field of the event but `hash` itself; the previous hash is one of them. */
export function hashOf(event: Omit<HistoryEvent, 'hash'>): string {
  const content = Object.entries(disclosed(event as HistoryEvent)).filter(([field]) => field !== 'hash')
  return sha256(canonicalJson(Object.fromEntries(content)))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The event that follows `head` (null: the filing's first), sealed into the chain; `newId` gives its name and its salt. */
export function chained(event: NewEvent, newId: () => string, head: Head | null): HistoryEvent {
  const content = {
    ...event,
    // JSON values only, nothing undefined: what the database gives back is then what was hashed.
    data: JSON.parse(JSON.stringify(event.data)) as NewEvent['data'],
    by: { ...event.by },
    ...(event.by.kind === 'officer' ? { salt: newId() } : {}),
    id: newId(),
    sequence: (head?.sequence ?? 0) + 1,
    previousHash: head?.hash ?? GENESIS,
  }
  return { ...content, hash: hashOf(content) }
}

/**
 * Looks for a removed, inserted, moved or altered event in a filing's complete history, oldest first.
 * Returns the first defect as an English sentence, or null if the chain holds. Without `head` a cut tail is not seen.
 */
export function verifyChain(events: readonly HistoryEvent[], head?: Head | null): string | null {
  let last: Head = { sequence: 0, hash: GENESIS }
  for (const event of events) {
    const defect = defectOf(event, last)
    if (defect) return `Event ${last.sequence + 1}: ${defect}`
    last = event
  }
  if (head === undefined) return null
  const recorded = head ?? { sequence: 0, hash: GENESIS }
  if (recorded.sequence > last.sequence) return `Event ${last.sequence + 1}: missing`
  return recorded.hash === last.hash ? null : `Event ${last.sequence}: is not the last that was recorded`
}

function defectOf(event: HistoryEvent, last: Head): string | null {
  if (event.sequence !== last.sequence + 1) return `has the number ${event.sequence}`
  if (event.previousHash !== last.hash) return 'does not follow the one before it'
  if (event.hash !== hashOf(event)) return 'was altered'
  return null
}
