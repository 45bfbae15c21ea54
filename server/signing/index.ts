import type { Connection } from 'mongoose'
import { readCertificateFile } from '../certificates/index.ts'
import { createSigningPool, LimitExceeded } from './signing-pool.ts'
import { createTrustedListService, type TrustedListService } from './trusted-list-service.ts'
import { createTrustedListStore } from './trusted-list-store.ts'

export { changeWords, coverageWords, levelWords, qualificationWords, timestampWords } from './detail-words.ts'
export { etsiReport } from './etsi-report.ts'
export type { SealAppearance } from './seal-appearance.ts'
export type { SealedPdf, SealOptions } from './seal-service.ts'
export type { PersonSigner } from './key-uses-service.ts'
export { createSigning, type Signing, type SigningParts, type VerifyOptions } from './signing-service.ts'
export { createTimestampClient, type TimestampService } from './timestamp-client.ts'
export type { ListState } from './trusted-list-refresh.ts'
export { trustedListRoutes } from './trusted-list-routes.ts'
export { signatureWords, verificationWords, warningWords, type Light, type Words } from './verification-words.ts'
export type { Format, Indication, SignatureReport, TimestampReport, Verdict, Verification } from './verification.ts'
export type { XmlSigner } from './xml-signer.ts'

type ListSettings = Readonly<{
  connection: Connection
  folder: string
  /** `signers` in PEM. */
  source?: Readonly<{ url: string; signers: string }> | undefined
  now: () => Date
}>

/**
 * Large lists are read for seconds, and need more memory than a document; one at a time, so that verifying goes on beside. The
 * next time is hours away: the thread does not wait for it.
 */
const LIST_LIMITS = { threads: 1, time: 180_000, memory: 1_024, idle: 1_000 }

export type TrustedLists = TrustedListService & Readonly<{ stop: () => Promise<void> }>

/** The trusted lists on one database. The host that the administrator named may have a private address: a proxy, a mirror. */
export function createTrustedLists({ connection, folder, source, now }: ListSettings): TrustedLists {
  const pool = createSigningPool(LIST_LIMITS)
  const service = createTrustedListService({
    store: createTrustedListStore(connection),
    folder,
    source: source
      ? {
          url: source.url,
          signers: readCertificateFile(Buffer.from(source.signers)),
          privateHosts: [new URL(source.url).hostname],
        }
      : null,
    read: (list, signers) =>
      pool.readList({ list, signers: signers.map(({ der }) => der) }).catch((error: unknown) => {
        // One monstrous list must not keep the others from being renewed.
        if (error instanceof LimitExceeded) return null
        throw error
      }),
    now,
  })
  return { ...service, stop: () => pool.close() }
}
