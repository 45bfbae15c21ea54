import type { Element } from '@xmldom/xmldom'
import { decodeCertificates, decodeCrls, decodeOcsps, withEvidence, type Ocsp } from '../certificates/index.ts'
import type { Trust } from './trust.ts'
import { descendants, textOf, XADES } from './xml.ts'

/** More than any honest signature holds. */
const MAX_VALUES = 50

/** What a XAdES signature carries of its own validation (EN 319 132-1 §5.4): certificates, CRLs, OCSP answers. What proves is their own signature. */
export function withXadesEvidence(trust: Trust, signature: Element): Trust {
  const values = (name: string): Buffer[] => valuesIn(signature, name)
  return withEvidence(trust, {
    certificates: decodeCertificates(values('EncapsulatedX509Certificate')),
    evidence: {
      crls: decodeCrls(values('EncapsulatedCRLValue')),
      ocsps: decodeOcsps(values('EncapsulatedOCSPValue')),
    },
  })
}

/** The OCSP answers that an element holds. */
export const ocspsIn = (element: Element): Ocsp[] => decodeOcsps(valuesIn(element, 'EncapsulatedOCSPValue'))

const valuesIn = (element: Element, name: string): Buffer[] =>
  descendants(element, XADES, name)
    .slice(0, MAX_VALUES)
    .map((value) => Buffer.from(textOf(value), 'base64'))
