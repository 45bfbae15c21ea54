import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import { isAddress, type Federation } from './federation.ts'
import { parseProviders, type IdentityProvider, type MetadataOrigin } from './identity-provider.ts'
import type { MetadataCopies } from './identity-provider-store.ts'
import type { SamlScheme } from './service-provider.ts'

/** AgID's registry changes a few times a year; a day is what the federation expects. */
const REFRESH_MS = 24 * 3_600_000
/** After a failed download. */
const RETRY_MS = 5 * 60_000
const TIMEOUT_MS = 20_000
/**
 * Milliseconds that a login waits for fresh metadata just after a start; then a copy from before serves. An address that
 * hangs takes all of `TIMEOUT_MS`.
 */
const MOMENT_MS = 1_000
/** Milliseconds that it waits where there is no copy; then the page says that no provider can be reached. */
const FIRST_MS = 5_000

type Log = { warn(o: object, m: string): void }
type Deps = Readonly<{
  federations: readonly Federation[]
  copies: MetadataCopies
  log: Log
  now: () => Date
  /** Milliseconds that the very first of an installation waits for an address. */
  patience?: number
}>

/** One document: `version` tells whether it may have changed since it was read. */
type Document = Readonly<{ source: string; version: string; origin: MetadataOrigin; read: () => Promise<string> }>
type Providers = readonly IdentityProvider[]

export type IdentityProviders = ReturnType<typeof createIdentityProviders>

/**
 * The identity providers of all configured federations. Folders are looked at on every call, so that a file dropped,
 * changed or removed (a new provider, a validator, a new key) counts at once and without restart; addresses are
 * refreshed daily. A document that cannot be read or trusted is logged and its last good copy used.
 */
export function createIdentityProviders({ federations, copies, log, now, patience = FIRST_MS }: Deps) {
  const reader = createReader({ copies, log, now })
  const addresses = createAddressReader(reader, { now, patience })
  const providersOf = async (federation: Federation): Promise<Providers> =>
    isAddress(federation.source) ? addresses.providersAt(federation) : folderProviders(federation, reader, now())

  /** All providers, of one scheme when given; the first source of an entityID wins. */
  async function all(scheme?: SamlScheme): Promise<IdentityProvider[]> {
    const wanted = federations.filter((federation) => scheme === undefined || federation.scheme === scheme)
    const found = (await Promise.all(wanted.map(providersOf))).flat()
    return [...new Map(found.toReversed().map((provider) => [provider.entityId, provider])).values()].reverse()
  }

  async function find(entityId: string, scheme?: SamlScheme): Promise<IdentityProvider | undefined> {
    return (await all(scheme)).find((provider) => provider.entityId === entityId)
  }

  return { all, find }
}

/** Reads each version of a document once, and falls back to the last good copy. */
function createReader({ copies, log, now }: Pick<Deps, 'copies' | 'log' | 'now'>) {
  const loaded = new Map<string, { version: string; providers: Providers }>()

  async function read({ source, version, origin, read: readDocument }: Document): Promise<Providers> {
    const known = loaded.get(source)
    if (known?.version === version) return known.providers
    const providers = await fresh(source, origin, readDocument).catch(async (error: unknown) => {
      log.warn({ source, err: error }, 'identity provider metadata not usable, keeping the last good copy')
      return known?.providers ?? lastGood(source, origin)
    })
    loaded.set(source, { version, providers })
    return providers
  }

  async function fresh(
    source: string,
    origin: MetadataOrigin,
    readDocument: () => Promise<string>,
  ): Promise<Providers> {
    const document = await readDocument()
    const providers = parseProviders(document, origin)
    await copies.save(source, document, now())
    return providers
  }

  /** Checked again as if just received: the database is no trust anchor. */
  async function lastGood(source: string, origin: MetadataOrigin): Promise<Providers> {
    const copy = await copies.find(source)
    return copy === undefined ? [] : parseProviders(copy, origin)
  }

  return { read, lastGood, known: (source: string) => loaded.get(source)?.providers }
}

type Reader = ReturnType<typeof createReader>

async function folderProviders({ scheme, source, trust }: Federation, reader: Reader, now: Date): Promise<Providers> {
  if (!existsSync(source)) return []
  const files = (await readdir(source)).filter((file) => file.endsWith('.xml')).sort()
  const origin: MetadataOrigin = { scheme, kind: 'file', now, ...(trust === undefined ? {} : { trust }) }
  const lists = files.map(async (file) => {
    const path = join(source, file)
    const { mtimeMs, size } = await stat(path)
    return reader.read({
      source: path,
      version: `${mtimeMs}:${size}`,
      origin,
      read: async () => readFile(path, 'utf8'),
    })
  })
  return (await Promise.all(lists)).flat()
}

type Turn = { number: number; due: number; refreshed?: Promise<Providers> }

/** Refreshes addresses when their time has come; nobody who logs in waits for it, except for a while the very first of an installation. */
function createAddressReader(reader: Reader, { now, patience }: Required<Pick<Deps, 'now' | 'patience'>>) {
  const turns = new Map<string, Turn>()

  async function refresh({ source }: Federation, origin: MetadataOrigin, turn: Turn): Promise<Providers> {
    const read = async () => {
      try {
        return await download(source)
      } catch (error) {
        turn.due = now().getTime() + RETRY_MS
        throw error
      }
    }
    return reader.read({ source, version: String(turn.number), origin, read })
  }

  function beginTurn(federation: Federation, origin: MetadataOrigin, turn: Turn): Promise<Providers> {
    turn.number += 1
    turn.due = now().getTime() + REFRESH_MS
    turns.set(federation.source, turn)
    const refreshed = refresh(federation, origin, turn).finally(() => delete turn.refreshed)
    // Whoever waits for it sees the failure; where nobody waits, an unhandled one would end the process.
    refreshed.catch(() => undefined)
    return (turn.refreshed = refreshed)
  }

  async function providersAt(federation: Federation): Promise<Providers> {
    const { scheme, source, trust } = federation
    const known = reader.known(source)
    const turn = turns.get(source) ?? { number: 0, due: 0 }
    if (known && now().getTime() < turn.due) return known
    const origin: MetadataOrigin = { scheme, kind: 'address', now: now(), ...(trust === undefined ? {} : { trust }) }
    const refreshed = turn.refreshed ?? beginTurn(federation, origin, turn)
    if (known) return known
    const within = (wait: number) => Promise.race([refreshed, sleep(wait, null, { ref: false })])
    const soon = await within(MOMENT_MS)
    if (soon) return soon
    const kept = await reader.lastGood(source, origin)
    return kept.length > 0 ? kept : ((await within(patience - MOMENT_MS)) ?? [])
  }

  return { providersAt }
}

async function download(address: string): Promise<string> {
  const answer = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!answer.ok) throw new AppError('UPSTREAM_UNAVAILABLE', `Metadata address answered ${answer.status}`)
  return answer.text()
}
