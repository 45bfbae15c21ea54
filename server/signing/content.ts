import { createHash } from 'node:crypto'
import type { DigestName } from '../certificates/index.ts'
import type { Source } from '../shared/source.ts'

/** What a signature is about: its bytes, and their digests each computed once. */
export type Content = Readonly<{ source: Source; digest: (name: DigestName) => Buffer }>

export function contentOf(source: Source): Content {
  const known = new Map<DigestName, Buffer>()
  return {
    source,
    digest(name) {
      const digest = known.get(name) ?? digestOf(source, name)
      known.set(name, digest)
      return digest
    },
  }
}

/** What is hashed at a time: larger pieces would not be faster. */
const PIECE = 1 << 16

function digestOf(source: Source, name: DigestName): Buffer {
  const hash = createHash(name)
  const room = Buffer.allocUnsafe(Math.min(PIECE, source.size))
  for (let at = 0; at < source.size; at += PIECE) hash.update(source.read(at, Math.min(PIECE, source.size - at), room))
  return hash.digest()
}
