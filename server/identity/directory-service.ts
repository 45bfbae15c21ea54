import { AppError } from '../errors.ts'
import { loginOfClaims } from './directory.ts'
import { directoryDown, isUnanswered, type DirectoryClient, type DirectoryClients } from './directory-client-service.ts'
import { fingerprint, type LoginAttempt } from './login-attempt.ts'
import type { LoginAttemptStore } from './login-attempt-store.ts'
import type { Wishes } from './login-request.ts'
import type { Login } from './person.ts'

const LIFETIME_MS = 15 * 60_000
export const DIRECTORY_CALLBACK = '/accesso/personale/ritorno'

type Secrets = Readonly<{ nonce: string; codeVerifier: string }>

type DirectoryStart = Readonly<{
  browser: string
  organization: string
  /** Public address of the municipality's site, without final slash. */
  origin: string
  wishes: Wishes
  sessionId: string | undefined
}>

export type DirectoryRefusal = 'lost' | 'given-up' | 'not-believed' | 'not-an-officer' | 'too-weak'

type DirectoryOutcome =
  | Readonly<{ kind: 'login'; login: Login; idToken: string; wishes: Wishes; sessionId: string | undefined }>
  | Readonly<{ kind: 'refused'; refusal: DirectoryRefusal; /** For the log, in English. */ reason: string }>

type Returned = Readonly<{
  /** Path and query as the browser brought them. */ address: string
  browser: string | undefined
}>
type Here = Readonly<{ organization: string; origin: string }>

type Deps = Readonly<{
  clients: DirectoryClients
  attempts: LoginAttemptStore
  /** Has that person an appointment in that municipality today? */
  isOfficer: (municipality: string, cf: string) => Promise<boolean>
  now: () => Date
}>

export type DirectoryService = ReturnType<typeof createDirectoryService>

/**
 * Staff log in with the municipality's own directory: authorization code with PKCE, state and nonce (OpenID Connect Core
 * §3.1, RFC 9700). Citizens may be recognised only with SPID, CIE or CNS (CAD art. 64 c. 2-quater, 2-nonies): whoever has
 * no appointment here gets no session, and one who has is an officer in it, never a citizen (access-routes.ts).
 */
export function createDirectoryService(deps: Deps) {
  return {
    exists: deps.clients.exists,
    /** Address at the directory to which the browser goes. Throws NOT_FOUND where there is none. */
    begin: async (start: DirectoryStart) => begin(deps, start),
    /** What the browser brought back is worth. A beginning is consumed by the first return to it. */
    complete: async (here: Here, returned: Returned) => complete(deps, here, returned),
    /** Where the directory ends its own session and sends the browser back; undefined when it offers no such thing. */
    logoutUrl: async (here: Here, idToken: string | undefined) => logoutUrl(deps, here, idToken),
  }
}

async function begin({ clients, attempts, now }: Deps, { origin, ...start }: DirectoryStart): Promise<string> {
  const client = await clients.of(start.organization)
  if (!client) throw new AppError('NOT_FOUND', 'No directory for the staff of this municipality')
  const openid = await import('openid-client')
  const [state, nonce, codeVerifier] = [openid.randomState(), openid.randomNonce(), openid.randomPKCECodeVerifier()]
  const detail: Secrets = { nonce, codeVerifier }
  const [id, browser, expiresAt] = [
    fingerprint(state),
    fingerprint(start.browser),
    new Date(now().getTime() + LIFETIME_MS),
  ]
  await attempts.save({ ...start, id, kind: 'oidc', browser, detail, expiresAt })
  const acr = acrValues(client, start.wishes)
  const url = openid.buildAuthorizationUrl(client.configuration, {
    redirect_uri: origin + DIRECTORY_CALLBACK,
    scope: 'openid profile',
    state,
    nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(acr === '' ? {} : { acr_values: acr }),
  })
  return url.href
}

/** The values that the municipality's file says are enough. */
const acrValues = ({ directory: { levels } }: DirectoryClient, { level }: Wishes): string =>
  Object.entries(levels)
    .flatMap(([acr, worth]) => (worth >= level ? [acr] : []))
    .join(' ')

async function complete(deps: Deps, here: Here, { address, browser }: Returned): Promise<DirectoryOutcome> {
  const url = new URL(address, here.origin)
  const state = url.searchParams.get('state') ?? ''
  // First, whatever else the answer says: a state of another browser (login CSRF) or one already used goes no further.
  const attempt =
    browser === undefined
      ? undefined
      : await deps.attempts.claim<Secrets>({
          id: fingerprint(state),
          kind: 'oidc',
          browser: fingerprint(browser),
          now: deps.now(),
        })
  const client = attempt?.organization === here.organization ? await deps.clients.of(here.organization) : undefined
  if (!attempt || !client) return refused('lost', 'no login of this browser waits for the state')
  if (url.searchParams.has('error')) return refused('given-up', 'the directory answered with an error')
  return judged(deps, client, { attempt, url, state })
}

type Answer = Readonly<{ attempt: LoginAttempt<Secrets>; url: URL; state: string }>

async function judged(deps: Deps, client: DirectoryClient, { attempt, url, state }: Answer): Promise<DirectoryOutcome> {
  const { wishes, sessionId, organization } = attempt
  try {
    const { login, idToken } = await exchanged(client, { attempt, url, state }, deps.now())
    if (!(await deps.isOfficer(organization, login.person.key))) return refused('not-an-officer', 'no appointment')
    if (login.level < wishes.level) return refused('too-weak', `level ${login.level}`)
    return { kind: 'login', login, idToken, wishes, sessionId }
  } catch (error) {
    if (error instanceof AppError && error.code !== 'NOT_ALLOWED') throw error
    if (isUnanswered(error)) throw directoryDown(error)
    return refused('not-believed', error instanceof Error ? error.message : 'unreadable')
  }
}

/** Exchanges the code, and believes the ID token only with the right issuer, audience, nonce, times and signature. */
async function exchanged({ configuration, directory }: DirectoryClient, { attempt, url, state }: Answer, at: Date) {
  const { authorizationCodeGrant } = await import('openid-client')
  const tokens = await authorizationCodeGrant(configuration, url, {
    expectedState: state,
    expectedNonce: attempt.detail.nonce,
    pkceCodeVerifier: attempt.detail.codeVerifier,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  if (!claims || tokens.id_token === undefined) throw new AppError('NOT_ALLOWED', 'No ID token')
  return { login: loginOfClaims(claims, directory, at), idToken: tokens.id_token }
}

async function logoutUrl({ clients }: Deps, here: Here, idToken: string | undefined): Promise<string | undefined> {
  const client = await clients.of(here.organization)
  if (client?.configuration.serverMetadata().end_session_endpoint === undefined) return undefined
  const { buildEndSessionUrl } = await import('openid-client')
  const back = { post_logout_redirect_uri: `${here.origin}/esci` }
  return buildEndSessionUrl(client.configuration, {
    ...back,
    ...(idToken === undefined ? {} : { id_token_hint: idToken }),
  }).href
}

const refused = (refusal: DirectoryRefusal, reason: string): DirectoryOutcome => ({ kind: 'refused', refusal, reason })
