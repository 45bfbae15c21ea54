import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientSession } from 'mongoose'

/** Longer than any sound transaction; after it the database's own conflict check is left to decide. */
const PATIENCE_MS = 5_000

/**
 * Lets the transactions of this process come to a series one after the other, each until its session ends. Correct
 * numbers do not need it: MongoDB aborts all but one of those that meet at the counter. But aborted ones try again with
 * growing pauses, and 32 filings at once took 3 s for what takes 0.3 s in a queue.
 */
export function createTurns(): (series: string, session: ClientSession) => Promise<void> {
  const tails = new Map<string, Promise<void>>()
  const held = new WeakMap<ClientSession, Set<string>>()

  return async (series, session) => {
    const mine = held.get(session) ?? new Set()
    if (mine.has(series)) return // a second number, or the same transaction tried again
    held.set(session, mine.add(series))

    const ahead = tails.get(series)
    const end = new Promise<void>((resolve) => session.once('ended', () => resolve()))
    tails.set(series, end)
    void end.then(() => tails.get(series) === end && tails.delete(series))

    if (ahead) await withPatience(ahead)
  }
}

async function withPatience(ahead: Promise<void>): Promise<void> {
  const giveUp = new AbortController()
  await Promise.race([ahead, sleep(PATIENCE_MS, undefined, { signal: giveUp.signal }).catch(() => undefined)])
  giveUp.abort()
}
