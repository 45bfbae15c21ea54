import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { ContentSource } from './content-source.ts'

/** Up to here a file is handed on in memory; beyond, as a passing copy on disk. */
const IN_MEMORY = 1024 * 1024

/**
 * Gives stored bytes to work that reads them at will: small ones as they are, large ones by the path of a copy that only we
 * can read and that goes afterwards. Keeps eight uploads of 20 MB from standing in memory at once (architecture.md §8).
 */
export async function withContent<T>(
  source: ContentSource,
  work: (content: Uint8Array | { path: string }) => Promise<T>,
): Promise<T> {
  if (source.size <= IN_MEMORY) return work(await buffer(source.open(0, source.size)))
  const folder = await mkdtemp(join(tmpdir(), 'sportello-'))
  try {
    const path = join(folder, 'content')
    await pipeline(source.open(0, source.size), createWriteStream(path, { mode: 0o600 }))
    return await work({ path })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
