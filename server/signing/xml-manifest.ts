import type { Element } from '@xmldom/xmldom'
import { XML_DIGESTS, XMLDSIG, childElements, descendants, textOf } from './xml.ts'
import { isInside, type ExternalFiles } from './xml-reference.ts'

/**
 * References in the manifests that a signature is over (XML-DSig §5.1). Core validation looks only at the manifest itself: what it
 * names is signed once its digest was found right too.
 */
export function manifestReferences(signature: Element, uris: readonly (string | null)[]): Element[] {
  const root = signature.ownerDocument?.documentElement
  const signed = new Set(uris)
  const manifests = root ? descendants(root, XMLDSIG, 'Manifest') : []
  return manifests
    .filter((manifest) => signed.has(`#${manifest.getAttribute('Id')}`))
    .flatMap((manifest) => childElements(manifest, XMLDSIG, 'Reference'))
}

/** Why what the manifests name cannot be checked here; null when it can. Only whole files are looked at. */
export function manifestObstacle(listed: readonly Element[], files: ExternalFiles): string | null {
  const uris = listed.map((reference) => reference.getAttribute('URI'))
  if (uris.some((uri) => uri === null || isInside(uri))) return 'Its manifest names parts of the document'
  if (!uris.every((uri) => files.find(uri))) return 'Its manifest is about files outside the document'
  const isTransformed = listed.some((reference) => descendants(reference, XMLDSIG, 'Transform').length > 0)
  return isTransformed ? 'Its manifest transforms a file before it is hashed' : null
}

/** Whether each file is the one that the manifest names. */
export const manifestHolds = (listed: readonly Element[], files: ExternalFiles): boolean =>
  listed.every((reference) => {
    const digest = XML_DIGESTS[descendants(reference, XMLDSIG, 'DigestMethod')[0]?.getAttribute('Algorithm') ?? '']
    const expected = Buffer.from(textOf(descendants(reference, XMLDSIG, 'DigestValue')[0]), 'base64')
    return digest !== undefined && files.find(reference.getAttribute('URI'))?.digest(digest).equals(expected)
  })
