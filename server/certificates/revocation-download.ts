import { createHash } from 'node:crypto'
import { leavingAlone, type Ask } from '../shared/leaving-alone.ts'
import { parseCertificate } from './certificate.ts'
import { parseCrl } from './crl.ts'
import { ocspRequest, parseOcsp } from './ocsp.ts'
import type { MissingOrder } from './missing-revocation.ts'

/** Revocation data fetched for a validation, DER. */
export type Downloaded = Readonly<{ crls: readonly Uint8Array[]; ocsps: readonly Uint8Array[] }>

/** Fetches what a validation lacked. Never rejects: an authority that does not answer is TRY_LATER, not our failure. */
export type DownloadRevocation = (missing: readonly MissingOrder[]) => Promise<Downloaded>

/** How long an authority that did not answer is left alone. */
const PAUSE = 300_000
/** How long an answer without nextUpdate is kept. */
const DEFAULT_LIFE = 3_600_000
const MAX_KEPT = 2_000

type Answer = Readonly<{ data: Uint8Array | null; until: number; thisUpdate?: Date }>
type Kept = Answer & Readonly<{ askedAt: number }>

/** A list older than the certificate says nothing of it: it is asked for again, as seldom as one that did not come. */
function serves({ until, askedAt, thisUpdate }: Kept, at: number, notBefore: Date | undefined): boolean {
  const isOlder = notBefore !== undefined && thisUpdate !== undefined && thisUpdate < notBefore
  return at < (isOlder ? Math.min(until, askedAt + PAUSE) : until)
}

type Settings = Readonly<{
  now: () => Date
  /** `fetchBytes` of shared/web-fetch.ts. Given, since who verifies only, in a thread or a browser, has no network to load. */
  fetch: Ask
}>

/** OCSP first, the CRL where that fails; both kept in memory until their next update (signatures-and-pdf.md §9). */
export function createRevocationDownload(settings: Settings): DownloadRevocation {
  const { now } = settings
  const ask = leavingAlone({ ...settings, pause: PAUSE })
  const kept = new Map<string, Kept>()

  async function remembered(key: string, fetch: () => Promise<Answer>, notBefore?: Date): Promise<Uint8Array | null> {
    const askedAt = now().getTime()
    const known = kept.get(key)
    if (known && serves(known, askedAt, notBefore)) return known.data
    if (kept.size >= MAX_KEPT) kept.clear()
    // Whatever goes wrong out there, the validation says that nothing is known and asks again later.
    const before: Answer = known && askedAt < known.until ? known : { data: null, until: askedAt + PAUSE }
    const answer = await fetch().catch(() => before)
    kept.set(key, { ...answer, askedAt })
    return answer.data
  }

  async function ocsp({ certificate, issuer, ocsp: addresses }: MissingOrder): Promise<Uint8Array | null> {
    const body = ocspRequest(parseCertificate(Buffer.from(certificate)), parseCertificate(Buffer.from(issuer)))
    for (const address of addresses) {
      const data = await remembered(`${address} ${createHash('sha256').update(body).digest('hex')}`, async () => {
        const response = await ask(address, { body, contentType: 'application/ocsp-request' })
        const next = parseOcsp(response).responses[0]?.nextUpdate
        return { data: response, until: next?.getTime() ?? now().getTime() + DEFAULT_LIFE }
      })
      if (data) return data
    }
    return null
  }

  async function crl({ certificate, crls: addresses }: MissingOrder): Promise<Uint8Array | null> {
    const { notBefore } = parseCertificate(Buffer.from(certificate))
    for (const address of addresses) {
      const data = await remembered(address, () => askForList(address), notBefore)
      if (data) return data
    }
    return null
  }

  async function askForList(address: string): Promise<Answer> {
    const data = await ask(address)
    const { thisUpdate, nextUpdate } = parseCrl(data)
    return { data, thisUpdate, until: nextUpdate?.getTime() ?? now().getTime() + DEFAULT_LIFE }
  }

  return async (missing) => {
    const unique = [
      ...new Map(missing.map((order) => [Buffer.from(order.certificate).toString('latin1'), order])).values(),
    ]
    const found = await Promise.all(
      unique.map(async (order) => {
        const response = await ocsp(order)
        return response
          ? { crls: [], ocsps: [response] }
          : { crls: [await crl(order)].filter((data) => data !== null), ocsps: [] }
      }),
    )
    return { crls: found.flatMap(({ crls }) => crls), ocsps: found.flatMap(({ ocsps }) => ocsps) }
  }
}

const MAX_ROUNDS = 2

type Outcome = Readonly<{ missing: readonly MissingOrder[] }>

/** Runs a validation, fetches what it lacked and runs it again; a second round is for what only the first result made visible. */
export async function withDownloads<T extends Outcome>(
  validate: (extra: Downloaded) => Promise<T> | T,
  download: DownloadRevocation | undefined,
): Promise<T> {
  let extra: Downloaded = { crls: [], ocsps: [] }
  let outcome = await validate(extra)
  for (let round = 0; download && round < MAX_ROUNDS && outcome.missing.length > 0; round++) {
    const more = await download(outcome.missing)
    if (more.crls.length + more.ocsps.length === 0) break
    extra = { crls: [...extra.crls, ...more.crls], ocsps: [...extra.ocsps, ...more.ocsps] }
    outcome = await validate(extra)
  }
  return outcome
}
