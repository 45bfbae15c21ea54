import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientSession } from 'mongoose'

/** Longer than any sound transaction holds its number; after it the database's own conflict check decides. */
const LONGEST_TURN_MS = 5_000

/**
 * Lets the transactions of this process come to a series one after the other, each until its session ends. Correct
 * numbers do not need it: MongoDB aborts all but one of those that meet at the counter. But aborted ones try again with
 * growing pauses, and 32 filings at once took 3 s for what takes 0.3 s in a queue.
 */
export function createTurns(): (series: string, session: ClientSession) => Promise<void> {
  const tails = new Map<string, Promise<void>>()
  const held = new WeakMap<ClientSession, Set<string>>()

  return (series, session) => {
    const mine = held.get(session) ?? new Set()
    if (mine.has(series)) return Promise.resolve() // a second number, or the same transaction tried again
    held.set(session, mine.add(series))

    const end = new Promise<void>((resolve) => session.once('ended', () => resolve()))
    const turn = tails.get(series) ?? Promise.resolve()
    const over = turn.then(() => atMost(LONGEST_TURN_MS, end))
    tails.set(series, over)
    void over.then(() => tails.get(series) === over && tails.delete(series))
    return turn
  }
}

async function atMost(milliseconds: number, end: Promise<void>): Promise<void> {
  const ended = new AbortController()
  const limit = sleep(milliseconds, undefined, { signal: ended.signal, ref: false }).catch(() => undefined)
  await Promise.race([end, limit])
  ended.abort()
}
