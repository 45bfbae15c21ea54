import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { parseProviders, type IdentityProvider, type MetadataOrigin } from './identity-provider.ts'
import type { MetadataCopies } from './identity-provider-store.ts'
import type { SamlScheme } from './service-provider.ts'

/** AgID's registry changes a few times a year; a day is what the federation expects. */
const REFRESH_MS = 24 * 3_600_000
/** After a failed download. */
const RETRY_MS = 5 * 60_000
const TIMEOUT_MS = 20_000

/** A federation's metadata: a folder of `*.xml` files, or the https address of a document. `trust`: see MetadataOrigin. */
export type Federation = Readonly<{ scheme: SamlScheme; source: string; trust?: string }>

/**
 * The federations behind one configured value: an address is SPID's registry; a folder holds SPID's files, and in the
 * sub-folders `cie` and `eidas`, where they exist, the files of those providers.
 */
export function federationsOf(source: string, trust?: string): Federation[] {
  const trusted = trust === undefined ? {} : { trust }
  if (isAddress(source)) return [{ scheme: 'spid', source, ...trusted }]
  const others = (['cie', 'eidas'] as const).map((scheme) => ({ scheme, source: join(source, scheme) }))
  return [{ scheme: 'spid', source, ...trusted }, ...others.filter((federation) => existsSync(federation.source))]
}

type Log = { warn(o: object, m: string): void }
type Deps = Readonly<{ federations: readonly Federation[]; copies: MetadataCopies; log: Log; now: () => Date }>
/** `version` changes when the document may have changed. */
type Loaded = { version: string; providers: readonly IdentityProvider[] }

export type IdentityProviders = ReturnType<typeof createIdentityProviders>

/**
 * The identity providers of all configured federations. Folders are looked at on every call, so that a file dropped,
 * changed or removed (a new provider, a validator, a new key) counts at once and without restart; addresses are
 * refreshed daily. A document that cannot be read or trusted is logged and its last good copy used.
 */
export function createIdentityProviders({ federations, copies, log, now }: Deps) {
  const loaded = new Map<string, Loaded>()

  async function read(
    source: string,
    version: string,
    origin: MetadataOrigin,
    fetchDocument: () => Promise<string>,
  ): Promise<readonly IdentityProvider[]> {
    const known = loaded.get(source)
    if (known?.version === version) return known.providers
    try {
      const document = await fetchDocument()
      const providers = parseProviders(document, origin)
      loaded.set(source, { version, providers })
      await copies.save(source, document, now())
      return providers
    } catch (error) {
      log.warn({ source, err: error }, 'identity provider metadata not usable, keeping the last good copy')
      const copy = known ? undefined : await copies.find(source)
      // A copy was checked when it was saved, and is checked again: the database is not a trust anchor.
      const providers = known?.providers ?? (copy === undefined ? [] : parseProviders(copy, origin))
      loaded.set(source, { version, providers })
      return providers
    }
  }

  async function fromFolder({ scheme, source, trust }: Federation): Promise<IdentityProvider[]> {
    const files = (await readdir(source)).filter((file) => file.endsWith('.xml')).sort()
    const origin: MetadataOrigin = { scheme, kind: 'file', now: now(), ...(trust === undefined ? {} : { trust }) }
    const lists = await Promise.all(
      files.map(async (file) => {
        const path = join(source, file)
        const { mtimeMs, size } = await stat(path)
        return read(path, `${mtimeMs}:${size}`, origin, () => readFile(path, 'utf8'))
      }),
    )
    return lists.flat()
  }

  const schedule = new Map<string, { period: number; due: number }>()

  async function fromAddress({ scheme, source, trust }: Federation): Promise<readonly IdentityProvider[]> {
    const origin: MetadataOrigin = { scheme, kind: 'address', now: now(), ...(trust === undefined ? {} : { trust }) }
    const at = now().getTime()
    const turn = schedule.get(source) ?? { period: 0, due: at }
    if (turn.due <= at) {
      turn.period += 1
      turn.due = at + REFRESH_MS
      schedule.set(source, turn)
    }
    return read(source, String(turn.period), origin, async () => {
      try {
        return await download(source)
      } catch (error) {
        turn.due = at + RETRY_MS
        throw error
      }
    })
  }

  /** All providers, of one scheme when given; no duplicates (the first source wins). */
  async function all(scheme?: SamlScheme): Promise<IdentityProvider[]> {
    const wanted = federations.filter((federation) => scheme === undefined || federation.scheme === scheme)
    const lists = await Promise.all(
      wanted.map((federation) => (isAddress(federation.source) ? fromAddress(federation) : fromFolder(federation))),
    )
    const byId = new Map<string, IdentityProvider>()
    for (const provider of lists.flat()) if (!byId.has(provider.entityId)) byId.set(provider.entityId, provider)
    return [...byId.values()]
  }

  async function find(entityId: string, scheme?: SamlScheme): Promise<IdentityProvider | undefined> {
    return (await all(scheme)).find((provider) => provider.entityId === entityId)
  }

  return { all, find }
}

const isAddress = (source: string): boolean => /^https?:\/\//.test(source)

async function download(address: string): Promise<string> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'follow' })
  if (!answer.ok) throw new AppError('UPSTREAM_UNAVAILABLE', `Metadata address answered ${answer.status}`)
  return answer.text()
}
