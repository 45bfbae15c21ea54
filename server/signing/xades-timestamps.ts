import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { withProof, type ProofOfExistence } from '../certificates/index.ts'
import type { Trust } from './trust.ts'
import { validateTimestamp, type TimestampResult } from './timestamp.ts'
import { ocspsIn } from './xades-evidence.ts'
import { unsignedProperties } from './xades-structure.ts'
import { C14N_10, C14N_11, type XmlSignatureCheck } from './xml-signature.ts'
import { faithful, inheriting, isInclusive } from './xml-transforms.ts'
import { children, descendants, textOf, XADES, XMLDSIG } from './xml.ts'

/** More than any honest signature holds. */
const MAX_STAMPS = 20

type Signed = Readonly<{ signature: Element; check: XmlSignatureCheck }>
type Stamp = Readonly<{ element: Element; kind: 'signature' | 'archive'; before: readonly Element[] }>

/** What the time stamps are worth, and what was trusted before with the revocation data that they prove to be older than themselves. */
export type XadesStamps = Readonly<{ results: readonly TimestampResult[]; trust: Trust; archived: readonly Archived[] }>

/** What an archive time stamp proves to be older than itself, beside the signature: its properties, counter-signatures among them. */
type Archived = Readonly<{ elements: readonly Element[]; time: Date }>

/**
 * Time stamps over the signature value (EN 319 132-1 §5.3) and those over all of the signature (§5.5.2), the newest first: each proves
 * what is before it. In the document they stand in their order.
 */
export function xadesTimestamps(signed: Signed, before: Trust): XadesStamps {
  const results: TimestampResult[] = []
  const archived: Archived[] = []
  let trust = before
  let poe: ProofOfExistence | null = null
  for (const stamp of stampsOf(signed.signature)) {
    for (const token of descendants(stamp.element, XADES, 'EncapsulatedTimeStamp').slice(0, MAX_STAMPS)) {
      const input = { token: Buffer.from(textOf(token), 'base64'), kind: stamp.kind, digest: digestOf(stamp, signed) }
      const result = validateTimestamp({ ...input, pool: signed.check.certificates }, trust, poe)
      results.unshift(result)
      if (!result.proof || stamp.kind !== 'archive') continue
      poe = { time: result.proof, source: 'timestamp' }
      archived.push({ elements: stamp.before, time: result.proof })
      trust = withProof(trust, stamp.before.flatMap(ocspsIn), result.proof)
    }
  }
  return { results, trust, archived }
}

function stampsOf(signature: Element): Stamp[] {
  const properties = unsignedProperties(signature)
  return properties
    .flatMap((element, index): Stamp[] => {
      if (element.localName === 'SignatureTimeStamp') return [{ element, kind: 'signature', before: [] }]
      if (element.localName !== 'ArchiveTimeStamp') return []
      return [{ element, kind: 'archive', before: properties.slice(0, index) }]
    })
    .slice(-MAX_STAMPS)
    .reverse()
}

/** How the imprint is computed; null when that cannot be done here. */
function digestOf({ element, kind, before }: Stamp, { signature, check }: Signed): ((name: string) => Buffer) | null {
  const method = descendants(element, XMLDSIG, 'CanonicalizationMethod')[0]?.getAttribute('Algorithm') ?? C14N_10
  const child = (name: string): Element[] => children(signature, XMLDSIG, name)
  const isArchive = kind === 'archive'
  // Without what the references are to, nothing can be said of a stamp over it.
  if (isArchive && check.referenced.length === 0) return null
  const elements = isArchive
    ? [...child('SignedInfo'), ...child('SignatureValue'), ...child('KeyInfo'), ...before, ...otherObjects(signature)]
    : child('SignatureValue')
  const forms = elements.map((one) => canonical(one, method))
  if (forms.includes(null)) return null
  return (name) => {
    const hash = createHash(name)
    if (isArchive) for (const feed of check.referenced) feed(hash)
    for (const form of forms) hash.update(form ?? '')
    return hash.digest()
  }
}

/** All objects but the one with the properties (EN 319 132-1 §5.5.2.2), whether a reference is to them or not. */
const otherObjects = (signature: Element): Element[] =>
  children(signature, XMLDSIG, 'Object').filter(
    (object) => children(object, XADES, 'QualifyingProperties').length === 0,
  )

/** Null when the method is not known here: the time stamp then proves nothing. */
function canonical(element: Element, method: string): Buffer | null {
  try {
    const algorithm = method.replace(C14N_11, C14N_10)
    const ancestorNamespaces = namespacesAbove(element)
    const signed = new SignedXml()
    Object.assign(signed, { CanonicalizationAlgorithms: faithful(signed.CanonicalizationAlgorithms) })
    const written = (): string => signed.getCanonXml([algorithm], element, { ancestorNamespaces })
    return Buffer.from(isInclusive([algorithm]) ? inheriting(element, written) : written())
  } catch {
    return null
  }
}

/** Inclusive canonical forms repeat what is declared above. */
function namespacesAbove(element: Element): { prefix: string; namespaceURI: string }[] {
  const found = new Map<string, string>()
  for (let node = element.parentNode as Element | null; node?.attributes; node = node.parentNode as Element | null) {
    for (const { name, value } of [...node.attributes]) {
      const declaration = /^xmlns(?::(.+))?$/.exec(name)
      const prefix = declaration?.[1] ?? ''
      if (declaration && !found.has(prefix)) found.set(prefix, value)
    }
  }
  return [...found].map(([prefix, namespaceURI]) => ({ prefix, namespaceURI }))
}
