import type { Indication } from '../certificates/index.ts'

export type { Indication }

/** Of a file: what is said of its worst signature. */
export type Verdict = Indication | 'not-signed' | 'unreadable'

export type Format = 'CAdES' | 'PAdES' | 'XAdES' | 'ASiC-S' | 'ASiC-E' | 'TSD' | 'M7M' | 'PDF' | 'other'

export type TimestampReport = Readonly<{
  kind: 'signature' | 'document' | 'archive' | 'content'
  time: string
  signedBy: string
  imprintIntact: boolean
  indication: Indication
  subIndication?: string
}>

/** One signature (or seal) and all that can be said of it. Dates are ISO 8601 UTC. */
export type SignatureReport = Readonly<{
  indication: Indication
  /** EN 319 102-1 name, e.g. `HASH_FAILURE`, `NO_CERTIFICATE_CHAIN_FOUND`, `TRY_LATER`. */
  subIndication?: string
  /** Baseline level reached by the structure. */
  level: 'B' | 'T' | 'LT' | 'LTA' | 'none'
  /** `QESig`, `QESeal`, `AdESig-QC`, `AdESeal-QC`, `AdESig`, `AdESeal`, `N/A`, or one of these with `Indeterminate ` before it. */
  qualification: string
  /** The list that decided on the qualification; absent when none speaks of the authority. */
  trustedList?: Readonly<{
    territory: string
    sequence: number
    issued: string
    nextUpdate: string | null
    /** It should have been replaced before the validation. */
    overdue: boolean
  }>
  signedBy: Readonly<{
    name: string
    /** Tax code read by the rules of signatures-and-pdf.md §4.2, or null. */
    taxCode: string | null
    organization?: string
    issuer?: string
    serial?: string
    validFrom?: string
    validTo?: string
    sha256?: string
    limitsOfUse?: string
  }>
  /** Names from the signer's issuer up to the trusted authority; absent when no path was found. */
  chain?: readonly string[]
  /** Digest and key with which it was made, e.g. `SHA256`, `RSA-2048 PKCS#1`. */
  algorithms?: readonly string[]
  /** What was known of the signer's certificate; absent when nothing was, or nobody asked. */
  revocation?: Readonly<{ status: 'good' | 'revoked'; source: 'CRL' | 'OCSP'; at: string }>
  /** As the signer declares it: information, not proof. */
  signingTime: string | null
  /** Proved by a valid time stamp or by the register, or null. */
  provedTime?: string | null
  digestIntact: boolean
  signatureValid: boolean
  coversWholeDocument: boolean
  /** What a certification (DocMDP) or the lock of the signature field permits afterwards, 1, 2 or 3, or null. */
  docMdp: 1 | 2 | 3 | null
  /** What later revisions of a PDF changed. */
  modifications: readonly Readonly<{ what: string; allowed: boolean | 'flag' }>[]
  timestamps: readonly TimestampReport[]
  counterSignatures?: readonly SignatureReport[]
  /** Plain sentences in English for the operator's log. */
  errors: readonly string[]
}>

/** The report on one file: the object that `npm run verify` prints, one a line. */
export type Verification = Readonly<{
  file: string
  format: Format
  verdict: Verdict
  signatures: readonly SignatureReport[]
  /** The file that is inside (CAdES, ASiC) or the file itself; `nested` is the layer inside it, if that is signed too. */
  content: Readonly<{ size: number; sha256: string; mediaType?: string; nested?: Verification }> | null
  errors: readonly string[]
  /** Things a person should be told that are not about signatures: encrypted, JavaScript, XFA, embedded executable… */
  warnings: readonly string[]
  validatedAt: string
}>
