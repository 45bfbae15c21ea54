import type { DigestName } from './algorithms.ts'
import type { Source } from './source.ts'
import { descendants, fileName, parseXml, textOf, XML_DIGESTS, XMLDSIG } from './xml.ts'

export type ManifestReference = Readonly<{ uri: string; digest: DigestName | null; hash: Buffer }>
export type Manifest = Readonly<{
  /** Name of the signature's entry. */
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
    digest: XML_DIGESTS[descendants(reference, XMLDSIG, 'DigestMethod')[0]?.getAttribute('Algorithm') ?? ''] ?? null,
    hash: Buffer.from(textOf(descendants(reference, XMLDSIG, 'DigestValue')[0]), 'base64'),
  }))
  return { signature: fileName(descendants(root, ASIC, 'SigReference')[0]?.getAttribute('URI') ?? ''), references }
}
