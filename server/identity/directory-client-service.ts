import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Configuration } from 'openid-client'
import { AppError } from '../errors.ts'
import { isOnThisMachine, parseDirectory, type Directory } from './directory.ts'

/** What a provider says of itself changes seldom; its keys are asked for again when an unknown one appears. */
const REFRESH_MS = 24 * 3_600_000
const TIMEOUT_SECONDS = 10

export type DirectoryClient = Readonly<{ directory: Directory; configuration: Configuration }>

type Settings = Readonly<{
  /** Folder with one `<municipality>.json` for each that has a directory; files may change while we run. */
  folder: string
  now: () => Date
}>

/** The OpenID Connect client of each municipality's directory. */
export function createDirectoryClients({ folder, now }: Settings) {
  const known = new Map<string, DirectoryClient & { version: number; until: number }>()
  const fileOf = (municipality: string): string => join(folder, `${municipality}.json`)

  const versionOf = async (municipality: string): Promise<number | undefined> =>
    stat(fileOf(municipality)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )

  /** Undefined when the municipality has no directory. Throws UPSTREAM_UNAVAILABLE when its provider does not answer. */
  async function of(municipality: string): Promise<DirectoryClient | undefined> {
    const version = await versionOf(municipality)
    if (version === undefined) return undefined
    const client = known.get(municipality)
    if (client?.version === version && client.until > now().getTime()) return client
    const directory = parseDirectory(await readFile(fileOf(municipality), 'utf8'))
    const configuration = await discovered(directory)
    const fresh = { directory, configuration, version, until: now().getTime() + REFRESH_MS }
    known.set(municipality, fresh)
    return fresh
  }

  return { of, exists: async (municipality: string) => (await versionOf(municipality)) !== undefined }
}

async function discovered({ issuer, clientId, clientSecret }: Directory): Promise<Configuration> {
  // Read when it is first needed: most installations have no directory, and the start waits for nothing.
  const openid = await import('openid-client')
  // The signature of the ID token is checked although it came over TLS: it is the evidence of the login.
  const execute = [openid.enableNonRepudiationChecks]
  // oxlint-disable-next-line typescript/no-deprecated -- marked so to stand out; it is for this machine alone
  if (isOnThisMachine(issuer)) execute.push(openid.allowInsecureRequests)
  const options = { execute, timeout: TIMEOUT_SECONDS }
  try {
    return await openid.discovery(
      new URL(issuer),
      clientId,
      clientSecret,
      openid.ClientSecretBasic(clientSecret),
      options,
    )
  } catch (cause) {
    throw directoryDown(cause)
  }
}

export const directoryDown = (cause: unknown): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', 'Directory of the staff does not answer', {
    explanation:
      'L’accesso del personale non risponde in questo momento. Riprova tra qualche minuto, oppure accedi con SPID o CIE.',
    cause,
  })

/** Did openid-client fail for want of an answer, and not because of what the answer says? */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  // `fetch` throws a TypeError without a code of its own when there is no connection, or it breaks.
  if (error instanceof TypeError) return code === undefined
  return code === 'OAUTH_TIMEOUT' || (error.cause instanceof Response && error.cause.status >= 500)
}

export type DirectoryClients = ReturnType<typeof createDirectoryClients>
