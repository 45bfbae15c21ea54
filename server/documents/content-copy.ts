import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { ContentSource } from './content-source.ts'
import { createGate } from '../shared/gate.ts'

/** Up to here a file is handed on in memory; beyond, as a passing copy on disk. */
const IN_MEMORY = 1024 * 1024

/** Runs work that must be able to read anywhere in stored bytes. */
export type WithContent = <T>(
  source: ContentSource,
  work: (content: Uint8Array | { path: string }) => Promise<T>,
) => Promise<T>

/**
 * Gives small contents as they are, large ones by the path of a copy that only we can read and that goes afterwards. So many copies
 * at a time: eight uploads of 20 MB must not stand in memory, nor be read by many threads, at once (architecture.md §8).
 */
export function createContentCopies(most: number): WithContent {
  const gate = createGate(most)
  return async (source, work) => {
    if (source.size <= IN_MEMORY) return work(await buffer(source.open(0, source.size)))
    return gate(() => withCopy(source, work))
  }
}

async function withCopy<T>(source: ContentSource, work: (content: { path: string }) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sportello-'))
  try {
    const path = join(folder, 'content')
    await pipeline(source.open(0, source.size), createWriteStream(path, { mode: 0o600 }))
    return await work({ path })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
