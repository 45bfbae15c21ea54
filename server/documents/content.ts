import type { Transaction } from '../shared/transaction.ts'
import type { ContentSource } from './content-source.ts'

/** Content is addressed by what it is: the same bytes are kept once for a municipality, and never across two. */
export type ContentKey = Readonly<{ municipality: string; sha256: string }>

/** Bytes that were written but belong to no document yet. */
export type Staged = Readonly<{ file: string; size: number; sha256: string }>

export type ContentStore = Readonly<{
  /** Writes the bytes while hashing them. On failure nothing stays. Fails with `ContentTooLarge` beyond `maxBytes`. */
  stage(bytes: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Staged>
  /** Removes staged bytes; those that a document has taken over stay. */
  discard(file: string): Promise<void>
  /** Adds one reference to bytes that we made, writing them if nothing has them yet. */
  add(key: ContentKey, bytes: Uint8Array, tx: Transaction): Promise<void>
  /** Adds one reference; true if these staged bytes became the content, false if it was there already. */
  keep(key: ContentKey, staged: Staged, tx: Transaction): Promise<boolean>
  /** Takes one reference away; the file to discard after the transaction, if it was the last. */
  release(key: ContentKey, tx: Transaction): Promise<string | undefined>
  /** Removes what uploads that began before that instant left behind; how many. For a job, with a day of margin. */
  clean(before: Date): Promise<number>
  /** Piece after piece, none before it is asked for: of a download over a slow line one is held. */
  open(key: ContentKey): AsyncIterable<Uint8Array>
  source(staged: Staged): ContentSource
}>

/** More bytes came than may be taken. */
export class ContentTooLarge extends Error {
  override readonly name = 'ContentTooLarge'
}
