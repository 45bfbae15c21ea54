import { Piscina } from 'piscina'
import { workerThread } from '../shared/worker-thread.ts'
import { letterPaper, type LetterModel } from './letter.ts'
import type { Paper } from './paper.ts'
import { receiptPaper, type ReceiptModel } from './receipt.ts'

/** Beyond this a drawing has gone wrong: a receipt takes some 20 MB. */
const MOST_MEMORY_MB = 256

/** Threads belong to the process, so there is one pool; begun by the first document, ended when idle, holds up no exit. */
let pool: Piscina | undefined

function draw(paper: Paper): Promise<Uint8Array> {
  pool ??= new Piscina({
    ...workerThread(import.meta.url, './paper-worker'),
    name: 'drawPaper',
    minThreads: 0,
    maxThreads: 2,
    idleTimeout: 30_000,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  return pool.run(paper) as Promise<Uint8Array>
}

/** The receipt of a filing as PDF/A-2a and PDF/UA-1, not yet sealed. */
export const buildReceipt = (model: ReceiptModel): Promise<Uint8Array> => draw(receiptPaper(model))

/** A letter or act as PDF/A-2a and PDF/UA-1, not yet sealed. */
export const buildLetter = (model: LetterModel): Promise<Uint8Array> => draw(letterPaper(model))
