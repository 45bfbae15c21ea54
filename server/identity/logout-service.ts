import { AppError } from '../errors.ts'
import { decodeMessage, send, type Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import type { LoginRequestStore } from './login-request-store.ts'
import {
  checkLogoutMessage,
  isCompleteLogout,
  issuerOf,
  logoutRequestXml,
  logoutResponseXml,
  subjectOf,
  type LogoutKind,
  type ProviderSession,
} from './logout-message.ts'
import type { LogoutStore } from './logout-store.ts'
import type { Login } from './person.ts'
import { samlId, type Binding } from './saml.ts'
import { sloUrl, type SamlScheme, type ServiceProvider } from './service-provider.ts'
import { attribute, parseXml } from './xml.ts'
import { checkQuerySignature, decodeField, queryFields } from './query-signature.ts'
import { verifiedText } from './xml-signature.ts'

const LIFETIME_MS = 15 * 60_000
/** Longer than any session of ours (server/web/session.ts). */
const SESSION_MS = 24 * 3_600_000

type Deps = Readonly<{
  providers: IdentityProviders
  requests: LoginRequestStore
  store: LogoutStore
  now: () => Date
  newId: () => string
}>

/** A logout message as it arrived: HTTP-Redirect signs the raw query string, HTTP-POST the document in a form field. */
export type Posted = Readonly<{ scheme: SamlScheme; relayState?: string }> &
  (Readonly<{ binding: 'redirect'; query: string }> | Readonly<{ binding: 'post'; message: unknown }>)

export type LogoutService = ReturnType<typeof createLogoutService>

/** Single logout with the provider, both ways (spid-cie.md §7). Every message is signed; an unsigned one is refused. */
export function createLogoutService(deps: Deps) {
  return {
    /** Ties our session to the provider's, which exists only at level 1. */
    async remember(login: Login, sessionId: string): Promise<void> {
      const session = providerSession(login)
      if (!session) return
      const expiresAt = new Date(deps.now().getTime() + SESSION_MS)
      await deps.store.remember({ identityProvider: login.identityProvider, ...session, sessionId, expiresAt })
    },

    /** The LogoutRequest for the provider of a login; `undefined` when it keeps no session or knows no logout. */
    begin: async (serviceProvider: ServiceProvider, login: Login) => begin(deps, serviceProvider, login),

    /** The provider's answer to our request: whether it closed everything. Throws NOT_ALLOWED when it is not to be believed. */
    async complete(serviceProvider: ServiceProvider, posted: Posted): Promise<{ complete: boolean }> {
      const { message, provider } = await verified(deps, serviceProvider, { ...posted, kind: 'LogoutResponse' })
      const asked = await deps.store.claimRequest(attribute(message, 'InResponseTo') ?? '')
      if (asked !== provider.entityId) throw new AppError('NOT_ALLOWED', 'No logout request waits for this response')
      return { complete: isCompleteLogout(message) }
    },

    /** A provider's request to end its person's sessions: which of ours to end, and the answer to send. */
    answer: async (serviceProvider: ServiceProvider, posted: Posted) => answer(deps, serviceProvider, posted),
  }
}

async function begin(deps: Deps, serviceProvider: ServiceProvider, login: Login): Promise<Sending | undefined> {
  const session = providerSession(login)
  const provider = session && (await deps.providers.find(login.identityProvider))
  const endpoint = provider && endpointOf(provider)
  if (!endpoint) return undefined
  const { binding, location: destination } = endpoint
  const id = samlId(deps.newId())
  const document = logoutRequestXml(envelope(deps, serviceProvider, { id, destination }), session)
  await deps.store.take(provider.entityId, session.nameId, [session.sessionIndex])
  await deps.store.saveRequest(id, provider.entityId, new Date(deps.now().getTime() + LIFETIME_MS))
  // Nothing is read from it: AgID's validator takes no logout request without (italia/spid-saml-check, logout_request_strict.py).
  const relayState = deps.newId()
  return send({ name: 'SAMLRequest', document, destination, binding, relayState }, serviceProvider.keys)
}

async function answer(
  deps: Deps,
  serviceProvider: ServiceProvider,
  posted: Posted,
): Promise<{ sessionIds: string[]; sending: Sending }> {
  const { message, provider } = await verified(deps, serviceProvider, { ...posted, kind: 'LogoutRequest' })
  const endpoint = endpointOf(provider, posted.binding)
  if (!endpoint) throw new AppError('NOT_ALLOWED', 'The provider has no logout address to answer to')
  const requestId = attribute(message, 'ID') ?? ''
  const expiresAt = new Date(deps.now().getTime() + SESSION_MS)
  if (!(await deps.requests.markUsed([`${provider.entityId} ${requestId}`], expiresAt))) {
    throw new AppError('NOT_ALLOWED', 'Logout request already used')
  }
  const { nameId, sessionIndexes } = subjectOf(message)
  const sessionIds = await deps.store.take(provider.entityId, nameId, sessionIndexes)
  const { binding, responseLocation: destination } = endpoint
  const document = logoutResponseXml(
    envelope(deps, serviceProvider, { id: samlId(deps.newId()), destination }),
    requestId,
  )
  const relay = posted.relayState === undefined ? {} : { relayState: posted.relayState }
  return {
    sessionIds,
    sending: await send({ name: 'SAMLResponse', document, destination, binding, ...relay }, serviceProvider.keys),
  }
}

/** A logout message of that kind whose signature and envelope were checked. */
async function verified(deps: Deps, serviceProvider: ServiceProvider, posted: Posted & { kind: LogoutKind }) {
  const { kind, scheme, binding } = posted
  const name = kind === 'LogoutRequest' ? 'SAMLRequest' : 'SAMLResponse'
  const value = posted.binding === 'post' ? posted.message : decodeField(queryFields(posted.query).get(name) ?? '')
  const document = decodeMessage(value, binding)
  const claimed = parseXml(document)
  const provider = await deps.providers.find(issuerOf(claimed))
  if (!provider) throw new AppError('NOT_ALLOWED', 'Logout message of an unknown provider')
  if (posted.binding === 'redirect') checkQuerySignature(posted.query, name, provider.keys)
  const message = posted.binding === 'redirect' ? claimed : parseXml(verifiedText(claimed, provider.keys))
  const destination = sloUrl(serviceProvider, scheme)
  checkLogoutMessage(message, { kind, destination, now: deps.now() })
  return { message, provider }
}

function envelope({ now }: Deps, { keys }: ServiceProvider, own: { id: string; destination: string }) {
  return { ...own, issueInstant: now(), issuer: keys.entityId }
}

/** At levels 2 and 3 the provider opens no session (spid-cie.md §7); CIE has no SAML logout (§9). */
function providerSession({
  scheme,
  level,
  nameId,
  nameQualifier = '',
  sessionIndex,
}: Login): ProviderSession | undefined {
  if (scheme === 'cie' || level !== 1 || nameId === undefined || sessionIndex === undefined) return undefined
  return { nameId, nameQualifier, sessionIndex }
}

type LogoutEndpoint = { binding: Binding; location: string; responseLocation: string }

function endpointOf({ singleLogout }: IdentityProvider, wanted: Binding = 'redirect'): LogoutEndpoint | undefined {
  for (const binding of [wanted, 'redirect', 'post'] as const) {
    const endpoint = singleLogout[binding]
    if (endpoint) return { binding, ...endpoint }
  }
  return undefined
}
