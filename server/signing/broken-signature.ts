import { conclude, type Finding } from '../certificates/index.ts'
import type { PdfSignature } from '../pdf/index.ts'
import { UNKNOWN_SIGNER } from './signer.ts'
import type { SignatureReport } from './verification.ts'

/** The report on a signature of which nothing can be checked: it is there, and it is broken (universal signature forgery). */
export function brokenSignature({ declaredTime }: PdfSignature, findings: readonly Finding[]): SignatureReport {
  return {
    ...conclude(findings),
    level: 'none',
    qualification: 'N/A',
    signedBy: UNKNOWN_SIGNER,
    signingTime: declaredTime?.toISOString() ?? null,
    provedTime: null,
    digestIntact: false,
    signatureValid: false,
    coversWholeDocument: false,
    docMdp: null,
    modifications: [],
    timestamps: [],
    errors: findings.map(({ subIndication, message }) => `${subIndication}: ${message}`),
  }
}
