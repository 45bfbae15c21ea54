import {
  readCertificateFolder,
  readCrlFolder,
  withDownloads,
  type Certificate,
  type Crl,
  type Downloaded,
  type DownloadRevocation,
  type EvidenceOrder,
} from '../certificates/index.ts'
import type { Refusals, SealKeys } from '../keys/index.ts'
import { createKeyUses } from './key-uses-service.ts'
import type { StampSignature } from './seal.ts'
import { createFileSealService } from './seal-file-service.ts'
import { createPdfSigner } from './seal-service.ts'
import { signingPool, type PoolLimits, type SigningPool } from './signing-pool.ts'
import type { VerifyTask } from './signing-worker.ts'
import type { TrustOrder } from './trust-order.ts'
import type { Verification } from './verification.ts'
import { unreadable } from './verify.ts'

type SigningParts = Readonly<{
  /** Folder of trusted certificates and of CRLs, read at each use so that it may change without restart; or the certificates. */
  trustAnchors: string | readonly Certificate[]
  /** Folder with one folder a municipality, or keys that live elsewhere. */
  sealKeys: string | SealKeys
  now?: () => Date
  limits?: PoolLimits
  /** Folder of the trusted lists in force (`TrustedLists.ready`), asked before each validation; without it nothing is qualified. */
  trustedLists?: () => Promise<string>
  /** Fetches revocation data that a file does not carry; without it only what is at hand counts. */
  download?: DownloadRevocation
  /** Stamps our seals; without it they are level B. */
  timestamp?: StampSignature
  /** Told of each seal that went without its stamp because the authority gave none. */
  unstamped?: (error: unknown) => void
  /** Remembers for all processes that the PIN of a seal was refused; without it each tries it once. */
  refusals?: Refusals
}>

type VerifyOptions = Readonly<{
  /** The file that a detached signature is about. */
  detached?: Uint8Array
  /** When the register proves that the file was here: a proof of existence. */
  registeredAt?: Date
  /** False: nothing is asked about revocation. */
  revocation?: boolean
}>

export type Signing = ReturnType<typeof createSigning>

/** Verifies what arrives and seals what leaves, in worker threads with limits of time and memory. */
export function createSigning({
  trustAnchors,
  sealKeys,
  now = () => new Date(),
  limits,
  download,
  trustedLists,
  timestamp,
  unstamped = () => undefined,
  refusals,
}: SigningParts) {
  const pool = signingPool(limits)
  const anchors = (): readonly Certificate[] =>
    typeof trustAnchors === 'string' ? readCertificateFolder(trustAnchors) : trustAnchors
  const crls = (): readonly Crl[] => (typeof trustAnchors === 'string' ? readCrlFolder(trustAnchors) : [])

  const order = async (at: Date, evidence: EvidenceOrder | null, registeredAt?: Date): Promise<TrustOrder> => ({
    at: at.getTime(),
    anchors: anchors().map(({ der }) => der),
    intermediates: [],
    evidence,
    registeredAt: registeredAt?.getTime() ?? null,
    ...(trustedLists ? { lists: await trustedLists() } : {}),
  })

  const signPdf = createPdfSigner({
    pool,
    now,
    timestamp,
    unstamped,
    download,
    crls,
    order: (at) => order(at, { crls: [], ocsps: [] }),
  })

  /**
   * What a file's signatures are worth. Never throws for bad files: what cannot be read, or breaks the limits, is `unreadable`.
   * Give a path for large files: they are then read in pieces.
   */
  async function verify(
    content: VerifyTask['content'],
    name: string,
    { detached, registeredAt, revocation = true }: VerifyOptions = {},
  ): Promise<Verification> {
    const at = now()
    // Outside the try: a database that does not answer is no defect of the file.
    const trust = await order(at, null, registeredAt)
    const once = (extra: Downloaded) => {
      const evidence = revocation
        ? { crls: [...crls().map(({ der }) => der), ...extra.crls], ocsps: extra.ocsps }
        : null
      return pool.verify({ content, name, detached: detached ?? null, trust: { ...trust, evidence } })
    }
    try {
      return (await withDownloads(once, download)).verification
    } catch (error) {
      // Whatever broke, it broke on this file, and only there: the filer is told, and the bytes are kept for whoever repairs it.
      return unreadable(name, at, error instanceof Error ? error.message : String(error))
    }
  }

  const { keys, ...uses } = createKeyUses(sealKeys, signPdf, refusals)
  const sealFile = createFileSealService({ pool, keys, now, timestamp })

  return { verify, changesBesidesSigning: additionsBy(pool), ...uses, sealFile }
}

/**
 * What a PDF's bytes after the first `since` changed besides adding signatures; empty when nothing. A file that breaks the reader or
 * its limits has changed.
 */
const additionsBy =
  (pool: SigningPool) =>
  async (pdf: Uint8Array, since: number): Promise<string[]> => {
    try {
      return await pool.additions({ pdf, since })
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  }
