import { digestUse, failed, unacceptable, undecided, type DigestName, type Finding } from '../certificates/index.ts'
import type { Source } from '../shared/source.ts'
import { contentOf } from './content.ts'
import { descendants, fileName, parseXml, textOf, XML_DIGESTS, XMLDSIG } from './xml.ts'
import type { ZipEntry } from './zip.ts'

type ManifestReference = Readonly<{ uri: string; digest: DigestName | null; hash: Buffer }>
export type Manifest = Readonly<{
  /** Name of the entry of the signature, or of the time-stamp token, over this manifest. */
  signature: string
  references: readonly ManifestReference[]
}>

const ASIC = 'http://uri.etsi.org/02918/v1.2.1#'

const MAX_MANIFEST = 4 << 20

/** ASiCManifest (EN 319 162-1 §A.4): which files a signature of an ASiC-E container is about. Throws DerError when it is none. */
export function readManifest(source: Source): Manifest {
  const { root } = parseXml(source.read(0, Math.min(source.size, MAX_MANIFEST + 1)), MAX_MANIFEST)
  const references = descendants(root, ASIC, 'DataObjectReference').map((reference) => ({
    uri: fileName(reference.getAttribute('URI') ?? ''),
    digest:
      XML_DIGESTS.get(descendants(reference, XMLDSIG, 'DigestMethod')[0]?.getAttribute('Algorithm') ?? '') ?? null,
    hash: Buffer.from(textOf(descendants(reference, XMLDSIG, 'DigestValue')[0]), 'base64'),
  }))
  return { signature: fileName(descendants(root, ASIC, 'SigReference')[0]?.getAttribute('URI') ?? ''), references }
}

/** Digest of a file of the container; null when there is none of that name. */
export type FileDigest = (name: string, digest: DigestName) => Buffer | null

/** Each digest is taken once, however many manifests name the file. */
export function fileDigests(entries: readonly ZipEntry[]): FileDigest {
  const byName = new Map(entries.map((entry) => [entry.name, entry] as const))
  const known = new Map<string, Buffer>()
  return (name, digest) => {
    const entry = byName.get(name)
    if (!entry) return null
    const key = `${digest} ${name}`
    const value = known.get(key) ?? contentOf(entry.source()).digest(digest)
    known.set(key, value)
    return value
  }
}

/** What is wrong with the files that a manifest names. */
export function referenceFindings(references: readonly ManifestReference[], digestOf: FileDigest, at: Date): Finding[] {
  return references.flatMap(({ uri, digest, hash }) => {
    if (digest === null || unacceptable([digestUse(digest)], at).length > 0)
      return [undecided('CRYPTO_CONSTRAINTS_FAILURE_NO_POE', 'The manifest uses a digest that is unknown or weak')]
    const actual = digestOf(uri, digest)
    // EN 319 102-1 §5.2.7: what is not there was not compared, so nothing says that it was changed.
    if (!actual) return [undecided('SIGNED_DATA_NOT_FOUND', 'A file that the manifest names is not in the container')]
    return actual.equals(hash) ? [] : [failed('HASH_FAILURE', 'A file is not the one that the manifest names')]
  })
}
