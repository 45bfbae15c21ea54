import {
  parseCertificate,
  sameName,
  type Crl,
  type DownloadRevocation,
  type MissingOrder,
} from '../certificates/index.ts'
import { AppError } from '../errors.ts'
import { KeyFailure, type SealKey, type SealKeys } from '../keys/index.ts'
import { LimitExceeded } from '../shared/thread-pool.ts'
import type { SealAppearance } from './seal-appearance.ts'
import type { SealWords } from './seal-words.ts'
import type { ValidationData } from './pdf-dss-writer.ts'
import { sign, type ReadySeal, type StampSignature } from './seal.ts'
import type { SigningPool } from './signing-pool.ts'
import type { TrustOrder } from './trust-order.ts'
import type { Verification } from './verification.ts'

export type SealOptions = Readonly<{
  reason: string
  /** Who seals, as people read it. */
  name: string
  location?: string
  appearance?: SealAppearance
  /** Whose seal; may be left out where there is only one. */
  municipality?: string
}>

type Parts = Readonly<{
  pool: SigningPool
  now: () => Date
  /** A trust without any revocation data, to learn what a seal's certificates need. */
  order: (at: Date) => Promise<TrustOrder>
  timestamp: StampSignature | undefined
  /** Told when the time-stamping authority gave nothing and the seal went without. */
  unstamped: (error: unknown) => void
  download: DownloadRevocation | undefined
  /** The CRLs of the installation. */
  crls: () => readonly Crl[]
}>

/** A file that we signed and, where it came with the signing, the report on all its signatures. */
export type SealedPdf = Readonly<{ bytes: Uint8Array; report?: Verification | undefined }>

/** A PDF, or what makes it: the key is then opened, and what is known of it looked up, in the meantime. */
export type PdfToSign = Uint8Array | (() => Promise<Uint8Array>)

type OpenKey = () => Promise<SealKey>

export type PdfSigner = (pdf: PdfToSign, openKey: OpenKey, words: Omit<SealWords, 'at'>) => Promise<SealedPdf>

/**
 * Signs a PDF by an incremental update, with whatever key: baseline B, T with a stamp, LT where the status of its certificates is known
 * or can be asked for. Rejects with AppError INVALID_INPUT when the file must not be appended to, with KeyFailure when the key does not
 * sign.
 *
 * A time-stamping authority that is down does not keep a receipt back, which is due at once (L. 241/1990 art. 18-bis): the seal is then
 * level B, as its report says, and its time is that of the register, which proves it all the same (DPCM 22/02/2013 art. 41 c. 4).
 * It is not stamped later: that would be another file than the one whose fingerprint was given out.
 */
export function createPdfSigner(parts: Parts): PdfSigner {
  const { pool, now, order: orderAt, timestamp, unstamped, download, crls } = parts
  const needsOf = createNeeds()

  async function validationData(missing: readonly MissingOrder[]): Promise<ValidationData | undefined> {
    if (missing.length === 0) return undefined
    const answers = await download?.(missing)
    const found = { crls: [...ofIssuers(crls(), missing), ...(answers?.crls ?? [])], ocsps: answers?.ocsps ?? [] }
    return found.crls.length + found.ocsps.length === 0
      ? undefined
      : { certificates: certificatesOf(missing), ...found }
  }

  async function withValidationData(
    sealed: Uint8Array,
    missing: readonly MissingOrder[],
    { signatures, trust: known }: { signatures: number; trust: TrustOrder },
  ): Promise<SealedPdf> {
    const data = await validationData(missing)
    // Without answers the seal stays at level T: it is no less a seal.
    if (!data) return { bytes: sealed }
    const trust = { ...known, evidence: { crls: crls().map(({ der }) => der), ocsps: [] } }
    const outcome = await pool.extend({ sealed, data, signatures, trust })
    if (!outcome) return { bytes: sealed }
    // A report that still lacks something is not the last word.
    return { bytes: outcome.extended, report: outcome.missing.length === 0 ? outcome.verification : undefined }
  }

  async function stamped(signature: Buffer): Promise<Buffer | null> {
    try {
      return (await timestamp?.(signature)) ?? null
    } catch (error) {
      unstamped(error)
      return null
    }
  }

  /** The key, and what is known of it before there is anything to sign. */
  async function opened(openKey: OpenKey) {
    const key = await openKey()
    const needs = needsOf(key)
    const known = timestamp && { data: await validationData(needs.known()), order: await orderAt(now()) }
    return { key, chain: key.certificateChain.map(({ der }) => der), needs, ...known }
  }

  return async (source, openKey, words) => {
    const drawn = typeof source === 'function' ? source() : source
    const [pdf, { key, chain, needs, data, order }] = await Promise.all([drawn, opened(openKey)])
    const at = now()
    const prepared = await refusing(pool.prepare({ pdf, words: { ...words, at }, chain, data }))
    if ('refused' in prepared) throw refusal(prepared.refused)
    const stamp = { token: null as Buffer | null }
    const sealed = await sign(revived(prepared), key, async (signature) => (stamp.token = await stamped(signature)))
    const { signatures } = prepared
    const trust = stamp.token && order ? { ...order, at: now().getTime() } : null
    const { defect, worth } = await refusing(pool.check({ sealed, chain, at, signatures, trust }))
    if (defect !== null) throw refusal(defect)
    if (!trust || !worth) return { bytes: sealed }
    const { missing, verification } = worth
    if (missing.length === 0) return { bytes: sealed, report: verification }
    needs.learn(missing)
    return withValidationData(sealed, missing, { signatures: signatures + 1, trust })
  }
}

/** Authorities stamp with a few certificates by turns, and with new ones after years. */
const MOST_NEEDS = 8

/**
 * What the seals of each key needed so far: the status of the signer, and of whoever stamps, can then be had before the next one is
 * signed. Of what was needed long ago the list is rid when it has grown too long: it begins anew with the last.
 */
function createNeeds() {
  const known = new Map<string, readonly MissingOrder[]>()
  return ({ certificateChain: [certificate] }: SealKey) => {
    const name = certificate ? nameOf(certificate.der) : ''
    const orders = known.get(name) ?? []
    return {
      known: () => orders,
      learn(missing: readonly MissingOrder[]) {
        const all = new Map([...orders, ...missing].map((order) => [nameOf(order.certificate), order]))
        known.set(name, all.size > MOST_NEEDS ? missing : [...all.values()])
      },
    }
  }
}

const nameOf = (der: Uint8Array): string => Buffer.from(der).toString('base64')

/** The municipality's key. What fails in it is told as a seal that is not there now: whoever waits for it tries again later. */
export async function sealKeyOf(keys: SealKeys, municipality: string | undefined): Promise<SealKey> {
  const key = await available(async () => keys.of(municipality))
  return { ...key, sign: (data) => available(() => key.sign(data)) }
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof KeyFailure)) throw cause
    throw new AppError('UPSTREAM_UNAVAILABLE', `The seal’s key does not sign: ${cause.message}`, {
      cause,
      explanation: 'Il sigillo dell’ente non è disponibile: riprova più tardi.',
    })
  }
}

/** Those of the lists that speak of the certificates that were asked about. */
function ofIssuers(crls: readonly Crl[], missing: readonly MissingOrder[]): Uint8Array[] {
  const issuers = missing.map(({ issuer }) => parseCertificate(Buffer.from(issuer)).subject)
  return crls.flatMap(({ issuer, der }) => (issuers.some((name) => sameName(name, issuer)) ? [der] : []))
}

/** Each certificate whose status was asked for, and its issuer, once. */
function certificatesOf(missing: readonly MissingOrder[]): Uint8Array[] {
  const all = missing.flatMap(({ certificate, issuer }) => [certificate, issuer])
  return [...new Map(all.map((der) => [nameOf(der), der])).values()]
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
