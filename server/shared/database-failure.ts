/** Errors of the driver itself: nobody answers, or who answers may not write. */
const AWAY =
  /^(Mongo(ose)?)?(Network|NetworkTimeout|ServerSelection|NotConnected|TopologyClosed|PoolCleared\w*|WaitQueueTimeout)Error$/
/** Labels by which a server says that the same may succeed a little later. */
const PASSING: readonly unknown[] = [
  'RetryableWriteError',
  'TransientTransactionError',
  'UnknownTransactionCommitResult',
]
/** OutOfDiskSpace, and the codes of a server that steps down, shuts down or is not ready yet. */
const UNABLE: readonly unknown[] = [14_031, 91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]

/**
 * Whether something failed because the database is away, or has no room. That is no defect of ours: people are told to come
 * back.
 */
export function isDatabaseAway(thrown: unknown): thrown is Error {
  if (!(thrown instanceof Error)) return false
  const { errorLabels, code, errorResponse } = thrown as {
    errorLabels?: unknown
    code?: unknown
    errorResponse?: unknown
  }
  const labels: readonly unknown[] = Array.isArray(errorLabels) ? errorLabels : []
  if (AWAY.test(thrown.name) || labels.some((label) => PASSING.includes(label)) || UNABLE.includes(code)) return true
  // A write of several rows wraps the driver's own failure in one of its kind, which has the name of a refusal.
  return isDatabaseAway(errorResponse)
}
