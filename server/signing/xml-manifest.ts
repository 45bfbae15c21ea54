import type { Element } from '@xmldom/xmldom'
import { children, descendants, idIn, XMLDSIG } from './xml.ts'

/**
 * References in the manifests that a signature is over (XML-DSig §5.1). Core validation looks only at the manifest itself: what it
 * names is signed once its digest was found right too.
 */
export function manifestReferences(signature: Element, uris: readonly (string | null)[]): Element[] {
  const root = signature.ownerDocument?.documentElement
  const signed = new Set(uris.flatMap((uri) => idIn(uri ?? '') ?? []))
  return (root ? descendants(root, XMLDSIG, 'Manifest') : [])
    .filter((manifest) => signed.has(manifest.getAttribute('Id') ?? ''))
    .flatMap((manifest) => children(manifest, XMLDSIG, 'Reference'))
}
