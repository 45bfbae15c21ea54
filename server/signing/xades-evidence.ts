import { createHash } from 'node:crypto'
import type { Element } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { parseCertificate, type Certificate } from './certificate.ts'
import type { Trust } from './certificate-validation.ts'
import { DerError } from './der.ts'
import { decodeCrls, decodeOcsps } from './embedded-evidence.ts'
import { withEvidence } from './evidence-proof.ts'
import { validateTimestamp, type TimestampResult } from './timestamp.ts'
import { C14N_11 } from './xml-signature.ts'
import { childElements, descendants, textOf, XADES, XMLDSIG } from './xml.ts'
import { unsignedProperties } from './xades-structure.ts'

const C14N_10 = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
/** More than any honest signature holds. */
const MAX_VALUES = 50

/** What a XAdES signature carries of its own validation (EN 319 132-1 §5.4): certificates, CRLs, OCSP answers. What proves is their own signature. */
export function withXadesEvidence(trust: Trust, signature: Element): Trust {
  const values = (name: string): Buffer[] =>
    descendants(signature, XADES, name)
      .slice(0, MAX_VALUES)
      .map((element) => Buffer.from(textOf(element), 'base64'))
  return withEvidence(trust, {
    certificates: values('EncapsulatedX509Certificate').flatMap(certificate),
    evidence: {
      crls: decodeCrls(values('EncapsulatedCRLValue')),
      ocsps: decodeOcsps(values('EncapsulatedOCSPValue')),
    },
  })
}

function certificate(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)]
  } catch (error) {
    if (error instanceof DerError) return []
    throw error
  }
}

/** Time stamps over the signature value (EN 319 132-1 §5.3), each over the canonical form of its element. */
export function xadesTimestamps(signature: Element, pool: readonly Certificate[], trust: Trust): TimestampResult[] {
  const [value] = childElements(signature, XMLDSIG, 'SignatureValue')
  return unsignedProperties(signature)
    .filter(({ localName }) => localName === 'SignatureTimeStamp')
    .slice(0, MAX_VALUES)
    .flatMap((stamp) => {
      const method = descendants(stamp, XMLDSIG, 'CanonicalizationMethod')[0]?.getAttribute('Algorithm') ?? C14N_10
      const stamped = value ? canonical(value, method) : null
      return descendants(stamp, XADES, 'EncapsulatedTimeStamp').map((token) =>
        validateTimestamp(
          {
            token: Buffer.from(textOf(token), 'base64'),
            kind: 'signature',
            digest: stamped && ((name) => createHash(name).update(stamped).digest()),
            pool,
          },
          trust,
          null,
        ),
      )
    })
}

/** Null when the method is not known here: the time stamp then proves nothing. */
function canonical(element: Element, method: string): Buffer | null {
  try {
    const algorithm = method === C14N_11 ? C14N_10 : method
    const ancestorNamespaces = namespacesAbove(element)
    // Its types want the browser's DOM; it works on this one.
    return Buffer.from(new SignedXml().getCanonXml([algorithm], element as never, { ancestorNamespaces }))
  } catch {
    return null
  }
}

/** Inclusive canonical forms repeat what is declared above. */
function namespacesAbove(element: Element): { prefix: string; namespaceURI: string }[] {
  const found = new Map<string, string>()
  for (let node = element.parentNode as Element | null; node?.attributes; node = node.parentNode as Element | null) {
    for (const { name, value } of [...node.attributes]) {
      const [, prefix = ''] = /^xmlns(?::(.*))?$/.exec(name) ?? [null, null]
      if (prefix !== null && /^xmlns/.test(name) && !found.has(prefix)) found.set(prefix, value)
    }
  }
  return [...found].map(([prefix, namespaceURI]) => ({ prefix, namespaceURI }))
}
