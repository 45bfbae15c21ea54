import { AppError } from '../errors.ts'
import { createThreadPool, LimitExceeded, type PoolLimits, type ThreadPool } from '../shared/thread-pool.ts'
import { workerThread } from '../shared/worker-thread.ts'
import type { Paper } from './paper.ts'
import type { MarkText } from './mark-text.ts'

const LIMITS: PoolLimits = {
  threads: 2,
  time: 60_000,
  // Beyond this something has gone wrong: a receipt takes some 20 MB.
  memory: 256,
  // A thread has read its fonts, two thirds of a second of work, and holds 70 MB: on a busy day it stays from one filing to the next.
  idle: 120_000,
}

/** Threads that draw documents and take them apart. */
export function documentPool(limits: PoolLimits = LIMITS) {
  let pool: ThreadPool | undefined

  const run = <Result>(name: string, task: unknown): Promise<Result> => {
    pool ??= createThreadPool(workerThread(import.meta.url, './document-worker'), limits)
    return pool<Result>(name, task)
  }

  return {
    /** The PDF of a paper, PDF/A-2a and PDF/UA-1, not yet sealed. */
    drawn: (paper: Paper) => run<Uint8Array>('drawPaper', paper).catch(later),

    /** What was signed inside a p7m; undefined if it cannot be reached. */
    contentOf: (p7m: Uint8Array) => run<Uint8Array | undefined>('innermostContent', p7m).catch(unreached),

    /** Lines that are added to a document, with the faces that draw them. */
    inFaces: (lines: readonly string[]) => run<MarkText>('markText', lines).catch(later),
  }
}

/** Threads belong to the process, so there is one pool, begun by the first document. */
export const { drawn, contentOf, inFaces } = documentPool()

/** What we write ourselves is not to blame: it will do when the machine has less to do, and the outbox tries again by itself. */
function later(error: unknown): never {
  if (!(error instanceof LimitExceeded)) throw error
  throw new AppError('UPSTREAM_UNAVAILABLE', error.message, {
    explanation: 'In questo momento non riusciamo a comporre il documento. Riprova tra qualche minuto.',
    cause: error,
  })
}

/** Whoever sent a file that takes so long made it so: it is one that cannot be opened. */
function unreached(error: unknown): undefined {
  if (!(error instanceof LimitExceeded)) throw error
}
