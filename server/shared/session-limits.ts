/** Idle time after which a person must log in again: long enough to look for a document at home, short at a shared computer. */
export const IDLE_MINUTES = 30

/** No login outlives a working day, however busy (spid-cie.md §7). */
const LONGEST_MS = 10 * 3_600_000

/** Logins from this instant or before are over. */
export const oldestLogin = (now: Date): Date => new Date(now.getTime() - LONGEST_MS)
