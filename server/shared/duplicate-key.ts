/** MongoDB's code for a row that a unique index refuses. */
const DUPLICATE_KEY = 11_000

/** Whether a write failed because such a row is there already: another process, or another press of the button, was faster. */
export const isDuplicateKey = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === DUPLICATE_KEY
