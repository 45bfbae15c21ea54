import { Piscina } from 'piscina'
import { workerThread } from '../shared/worker-thread.ts'
import type { Paper } from './paper.ts'
import type { MarkText } from './mark-text.ts'

/** Beyond this something has gone wrong: a receipt takes some 20 MB. */
const MOST_MEMORY_MB = 256

/** Threads belong to the process, so there is one pool; begun by the first document, ended when idle, holds up no exit. */
let pool: Piscina | undefined

function run<Result>(name: string, task: unknown): Promise<Result> {
  pool ??= new Piscina({
    ...workerThread(import.meta.url, './document-worker'),
    minThreads: 0,
    maxThreads: 2,
    // A thread has read its fonts, two thirds of a second of work, and holds 70 MB: on a busy day it stays from one filing to the next.
    idleTimeout: 120_000,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  return pool.run(task, { name }) as Promise<Result>
}

/** The PDF of a paper, PDF/A-2a and PDF/UA-1, not yet sealed. */
export const drawn = (paper: Paper): Promise<Uint8Array> => run('drawPaper', paper)

/** What was signed inside a p7m; undefined if it cannot be reached. */
export const contentOf = (p7m: Uint8Array): Promise<Uint8Array | undefined> => run('innermostContent', p7m)

/** Lines that are added to a document, with the faces that draw them. */
export const inFaces = (lines: readonly string[]): Promise<MarkText> => run('markText', lines)
