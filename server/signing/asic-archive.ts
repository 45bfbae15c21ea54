import { DerError } from '../shared/asn1/der.ts'
import { statedTime } from './archive-timestamp.ts'
import { readManifest, referenceFindings, type FileDigest, type Manifest } from './asic-manifest.ts'
import type { Trust } from './trust.ts'
import { withMessageEvidence } from './message-evidence.ts'
import { earliest } from './signature-validation.ts'
import { contentOf, type Content } from './content.ts'
import { readToken, rejected, validateTimestamp, type TimestampResult } from './timestamp.ts'
import type { ZipEntry } from './zip.ts'

/** A time stamp over a manifest, and the files that it thereby proves to have been there. */
export type ArchiveStamp = Readonly<{ token: ZipEntry; files: ReadonlySet<string>; result: TimestampResult }>

/** EN 319 162-1 Annex A.7; older containers stamp a plain ASiCManifest. */
const MANIFEST = /^META-INF\/(?=[^/]*ASiC(Archive)?Manifest)[^/]*\.xml$/i
const MAX_STAMPS = 50
const MAX_TOKEN = 1 << 20

type Stamped = Readonly<{ manifest: Manifest; content: Content; token: ZipEntry; bytes: Buffer }>

/**
 * The time stamps that an ASiC-E container keeps in files of their own, newest first: each is over a manifest, proves the files that
 * the manifest names, and carries what the older ones among them are validated with.
 */
export function archiveStamps(entries: readonly ZipEntry[], digestOf: FileDigest, trust: Trust): ArchiveStamp[] {
  const newestFirst = stampedManifests(entries).sort(
    (left, right) => statedTime(right.bytes) - statedTime(left.bytes) || names(right, left) - names(left, right),
  )
  const known = newestFirst.reduce((all, { bytes }) => withTokenEvidence(all, bytes), trust)
  const stamps: ArchiveStamp[] = []
  for (const { manifest, content, token, bytes } of newestFirst) {
    const covering = stamps.filter(({ files }) => files.has(token.name)).map(({ result }) => result)
    const stamp = { token: bytes, kind: 'archive', digest: content.digest, pool: [] } as const
    const result = rejected(
      validateTimestamp(stamp, known, earliest(covering)),
      referenceFindings(manifest.references, digestOf, trust.at),
    )
    stamps.push({ token, files: new Set(manifest.references.map(({ uri }) => uri)), result })
  }
  return stamps
}

/** Two tokens of the same second: the one that names the other came later. */
const names = ({ manifest }: Stamped, { token }: Stamped): number =>
  Number(manifest.references.some(({ uri }) => uri === token.name))

const stampedManifests = (entries: readonly ZipEntry[]): Stamped[] =>
  entries
    .filter(({ name }) => MANIFEST.test(name))
    .slice(0, MAX_STAMPS)
    .flatMap((entry) => stampedManifest(entry, entries))

/** A manifest that cannot be read stamps nothing: it could only have helped. */
function stampedManifest(entry: ZipEntry, entries: readonly ZipEntry[]): Stamped[] {
  try {
    const source = entry.source()
    const manifest = readManifest(source)
    const token = entries.find(({ name }) => name === manifest.signature && /\.tst$/i.test(name))
    if (!token || token.size > MAX_TOKEN) return []
    return [{ manifest, content: contentOf(source), token, bytes: token.source().read(0, token.size) }]
  } catch (error) {
    if (error instanceof DerError) return []
    throw error
  }
}

function withTokenEvidence(trust: Trust, token: Buffer): Trust {
  try {
    return withMessageEvidence(trust, readToken(token).message)
  } catch (error) {
    if (error instanceof DerError) return trust
    throw error
  }
}
