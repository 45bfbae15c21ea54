import { DerError } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { readCertificateFolder, readCrlFolder } from './certificate-files.ts'
import { validateCertificate, type CertificateResult } from './certificate-validation.ts'
import type { CertificateTrust } from './certificate-trust.ts'
import {
  attributeOf,
  certificatePolicies,
  displayName,
  keyFacts,
  parseCertificate,
  type Certificate,
} from './certificate.ts'
import type { SubIndication } from './finding.ts'
import { signatureUses } from './policy.ts'
import { withDownloads, type DownloadRevocation } from './revocation-download.ts'
import { readEvidence } from './evidence.ts'
import { missingOrder, type MissingRevocation } from './missing-revocation.ts'

export type ClientCertificateDefect =
  'unreadable' | 'unknown-authority' | 'not-yet-valid' | 'expired' | 'revoked' | 'wrong-purpose' | 'revocation-unknown'

/** What a certificate says of its holder; absent attributes are absent. */
export type ClientCertificate = Readonly<{
  commonName?: string
  givenName?: string
  surname?: string
  /** Object identifiers of the policies under which it was issued. */
  policies: readonly string[]
  issuer: string
  /** Lower-case hexadecimal. */
  sha256: string
}>

type ClientCertificateVerdict =
  | Readonly<{ kind: 'valid'; certificate: ClientCertificate }>
  | Readonly<{ kind: 'refused'; defect: ClientCertificateDefect }>

type Settings = Readonly<{
  /** Folder of the authorities that issue authentication certificates, and of their CRLs; read at each use. */
  anchors: string
  download?: DownloadRevocation
  now: () => Date
}>

type CheckClientCertificate = (chain: readonly Uint8Array[]) => Promise<ClientCertificateVerdict>

/**
 * Judges certificates with which people log in: path to an authority of the folder, validity, purpose, revocation.
 * The first of the chain (DER) is the person's; that they hold its key was proved by the TLS handshake.
 */
export function createClientCertificateCheck({ anchors, download, now }: Settings): CheckClientCertificate {
  return async (chain) => {
    try {
      const [certificate, ...pool] = chain.map((der) => parseCertificate(Buffer.from(der)))
      if (!certificate) return { kind: 'refused', defect: 'unreadable' }
      const at = now()
      const trusted = readCertificateFolder(anchors)
      const crls = readCrlFolder(anchors).map(({ der }) => der)
      const { result } = await withDownloads((extra) => {
        const evidence = readEvidence({ crls: [...crls, ...extra.crls], ocsps: extra.ocsps })
        return judged({ certificate, pool }, { at, anchors: trusted, evidence })
      }, download)
      const defect = defectOf(result, certificate, at)
      return defect ? { kind: 'refused', defect } : { kind: 'valid', certificate: factsOf(certificate) }
    } catch (error) {
      if (error instanceof DerError) return { kind: 'refused', defect: 'unreadable' }
      throw error
    }
  }
}

type Given = Readonly<{ certificate: Certificate; pool: readonly Certificate[] }>

function judged({ certificate, pool }: Given, trust: Pick<CertificateTrust, 'at' | 'anchors' | 'evidence'>) {
  const missing: MissingRevocation[] = []
  const subject = {
    certificate,
    pool,
    purpose: 'authentication',
    algorithms: handshakeAlgorithms(certificate),
  } as const
  const result = validateCertificate(subject, { ...trust, intermediates: [], registeredAt: null, missing }, null)
  // Nothing is asked about a certificate that is refused whatever the answer.
  const isOpen = result.findings.every(({ subIndication }) => subIndication === 'TRY_LATER')
  return { result, missing: isOpen ? missing.map(missingOrder) : [] }
}

/** The key that signs the handshake must be long enough today; TLS itself chooses the hash. */
const handshakeAlgorithms = (certificate: Certificate) =>
  signatureUses(
    { scheme: keyFacts(certificate).kind === 'rsa' ? 'pss' : 'ecdsa', hash: 'sha256' },
    keyFacts(certificate),
  )

/** The most telling defect first: more data would not change those before the last. */
function defectOf(
  { path, findings }: CertificateResult,
  { notBefore, notAfter }: Certificate,
  at: Date,
): ClientCertificateDefect | undefined {
  const found = new Set<SubIndication>(findings.map(({ subIndication }) => subIndication))
  if (found.size === 0) return undefined
  if (!path || path.length < 2) return 'unknown-authority'
  if (at < notBefore) return 'not-yet-valid'
  if (at > notAfter) return 'expired'
  const telling = TELLING.find(([subIndication]) => found.has(subIndication))
  if (telling) return telling[1]
  return found.size === 1 && found.has('TRY_LATER') ? 'revocation-unknown' : 'unknown-authority'
}

const TELLING: readonly (readonly [SubIndication, ClientCertificateDefect])[] = [
  ['REVOKED', 'revoked'],
  ['REVOKED_NO_POE', 'revoked'],
  ['CHAIN_CONSTRAINTS_FAILURE', 'wrong-purpose'],
]

function factsOf(certificate: Certificate): ClientCertificate {
  const { subject, issuer, sha256 } = certificate
  const commonName = attributeOf(subject, OID.commonName)
  const givenName = attributeOf(subject, OID.givenName)
  const surname = attributeOf(subject, OID.surname)
  return {
    ...(commonName === undefined ? {} : { commonName }),
    ...(givenName === undefined ? {} : { givenName }),
    ...(surname === undefined ? {} : { surname }),
    policies: certificatePolicies(certificate).map(({ policy }) => policy),
    issuer: displayName(issuer),
    sha256,
  }
}
