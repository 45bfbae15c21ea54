import { AppError } from '../errors.ts'
import { readCertificateFolder, readCrlFolder } from './certificate-files.ts'
import type { Certificate } from './certificate.ts'
import { withDownloads, type Downloaded, type DownloadRevocation } from './revocation-download.ts'
import { sign, type ReadySeal, type SealAppearance, type StampSignature } from './seal.ts'
import { fileSealKeys, type SealKeys } from './seal-key.ts'
import { createSigningPool, LimitExceeded, type PoolLimits } from './signing-pool.ts'
import type { VerifyTask } from './signing-worker.ts'
import { xmlSealSigner, type XmlSigner } from './xml-signer.ts'
import type { TrustOrder } from './trust-order.ts'
import type { Verification } from './verification.ts'
import { unreadable } from './verify.ts'

export type SigningParts = Readonly<{
  /** Folder of trusted certificates and of CRLs, read at each use so that it may change without restart; or the certificates. */
  trustAnchors: string | readonly Certificate[]
  /** Folder with one folder a municipality, or keys that live elsewhere. */
  sealKeys: string | SealKeys
  now?: () => Date
  limits?: PoolLimits
  /** Folder of the trusted lists that `refreshTrustedLists` keeps; without it nothing is qualified. */
  trustedLists?: string
  /** Fetches revocation data that a file does not carry; without it only what is at hand counts. */
  download?: DownloadRevocation
  /** Stamps our seals; without it they are level B. */
  timestamp?: StampSignature
}>

export type VerifyOptions = Readonly<{
  /** The file that a detached signature is about. */
  detached?: Uint8Array
  /** When the register proves that the file was here: a proof of existence. */
  registeredAt?: Date
  /** False: nothing is asked about revocation. */
  revocation?: boolean
}>

export type SealOptions = Readonly<{
  reason: string
  /** Who seals, as people read it. */
  name: string
  location?: string
  appearance?: SealAppearance
  /** Whose seal; may be left out where there is only one. */
  municipality?: string
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
}: SigningParts) {
  const keys = typeof sealKeys === 'string' ? fileSealKeys(sealKeys) : sealKeys
  const pool = createSigningPool(limits)
  const anchors = (): readonly Certificate[] =>
    typeof trustAnchors === 'string' ? readCertificateFolder(trustAnchors) : trustAnchors
  const lists = (): readonly Uint8Array[] =>
    typeof trustAnchors === 'string' ? readCrlFolder(trustAnchors).map(({ der }) => der) : []

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
    const order = (extra: Downloaded): TrustOrder => ({
      at: at.getTime(),
      anchors: anchors().map(({ der }) => der),
      intermediates: [],
      evidence: revocation ? { crls: [...lists(), ...extra.crls], ocsps: extra.ocsps } : null,
      registeredAt: registeredAt?.getTime() ?? null,
      ...(trustedLists === undefined ? {} : { lists: trustedLists }),
    })
    const once = (extra: Downloaded) => pool.verify({ content, name, detached: detached ?? null, trust: order(extra) })
    try {
      return (await withDownloads(once, download)).verification
    } catch (error) {
      // Whatever broke, it broke on this file, and only there: the filer is told, and the bytes are kept for whoever repairs it.
      return unreadable(name, at, error instanceof Error ? error.message : String(error))
    }
  }

  /**
   * Seals a PDF by an incremental update: the input's bytes stay the prefix of the output, which our own verifier has accepted.
   * Throws AppError INVALID_INPUT when the file cannot or must not be appended to.
   */
  async function seal(pdf: Uint8Array, { municipality, ...words }: SealOptions): Promise<Uint8Array> {
    const key = keys.of(municipality)
    const at = now()
    const chain = key.certificateChain.map(({ der }) => der)
    const prepared = await refusing(pool.prepare({ pdf, words: { ...words, at }, chain }))
    if ('refused' in prepared) throw refusal(prepared.refused)
    const sealed = await sign(revived(prepared), key, timestamp)
    const defect = await refusing(pool.check({ sealed, chain, at, signatures: prepared.signatures }))
    if (defect !== null) throw refusal(defect)
    return sealed
  }

  /** The municipality's seal for XML: signatures as XML-DSig writes them. */
  async function xmlSigner(municipality?: string): Promise<XmlSigner> {
    return xmlSealSigner(keys.of(municipality))
  }

  return { verify, seal, xmlSigner, stop: () => pool.close() }
}

/** Buffers come back from a thread as plain byte arrays. */
function revived({ placeholder, digest, signatures }: ReadySeal): ReadySeal {
  return {
    placeholder: { ...placeholder, bytes: asBuffer(placeholder.bytes) },
    digest: asBuffer(digest),
    signatures,
  }
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

async function refusing<T>(task: Promise<T>): Promise<T> {
  try {
    return await task
  } catch (error) {
    if (error instanceof LimitExceeded) throw refusal(error.message)
    throw error
  }
}

const refusal = (message: string): AppError =>
  new AppError('INVALID_INPUT', message, {
    explanation:
      'Il documento non può essere sigillato così com’è: l’originale resta invariato e il sigillo va su un frontespizio.',
  })
