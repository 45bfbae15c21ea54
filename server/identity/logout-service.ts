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
} from './logout-message.ts'
import type { LogoutStore } from './logout-store.ts'
import type { Login } from './person.ts'
import { samlId, type Binding } from './saml.ts'
import { sloUrl, type SamlScheme, type ServiceProvider } from './service-provider.ts'
import { attribute, parseXml, type Element } from './xml.ts'
import { checkQuerySignature, verifiedRoot } from './xml-signature.ts'

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

/** A logout message as it arrived. `query` is the raw query string, over which HTTP-Redirect signs. */
export type Posted = Readonly<{
  scheme: SamlScheme
  binding: Binding
  query: string
  fields: Readonly<Record<string, unknown>>
}>

export type LogoutService = ReturnType<typeof createLogoutService>

/** Single logout with the provider, both ways (spid-cie.md §7). Every message is signed; an unsigned one is refused. */
export function createLogoutService({ providers, requests, store, now, newId }: Deps) {
  /** Ties our session to the provider's, which exists only at level 1. */
  async function remember(login: Login, sessionId: string): Promise<void> {
    const { nameId, sessionIndex, identityProvider } = login
    if (!hasProviderSession(login) || nameId === undefined || sessionIndex === undefined) return
    await store.remember({
      identityProvider,
      nameId,
      sessionIndex,
      sessionId,
      expiresAt: new Date(now().getTime() + SESSION_MS),
    })
  }

  /** The LogoutRequest for the provider of a login; `undefined` when it keeps no session or knows no logout. */
  async function begin(serviceProvider: ServiceProvider, login: Login): Promise<Sending | undefined> {
    const { nameId, nameQualifier, sessionIndex } = login
    if (!hasProviderSession(login) || nameId === undefined || sessionIndex === undefined) return undefined
    const provider = await providers.find(login.identityProvider)
    const endpoint = provider && endpointOf(provider)
    if (!endpoint) return undefined
    const id = samlId(newId())
    const document = logoutRequestXml(envelope(serviceProvider, id, endpoint.location), {
      nameId,
      nameQualifier: nameQualifier ?? '',
      sessionIndex,
    })
    await store.take(provider.entityId, nameId, [sessionIndex])
    await store.saveRequest(id, provider.entityId, new Date(now().getTime() + LIFETIME_MS))
    return send(
      { name: 'SAMLRequest', document, destination: endpoint.location, binding: endpoint.binding },
      serviceProvider.keys,
    )
  }

  /** The provider's answer to our request: whether it closed everything. Throws NOT_ALLOWED when it is not to be believed. */
  async function complete(serviceProvider: ServiceProvider, posted: Posted): Promise<{ complete: boolean }> {
    const { message } = await verified(serviceProvider, posted, 'LogoutResponse')
    const asked = await store.claimRequest(attribute(message, 'InResponseTo') ?? '')
    if (asked !== issuerOf(message)) throw new AppError('NOT_ALLOWED', 'No logout request waits for this response')
    return { complete: isCompleteLogout(message) }
  }

  /** A provider's request to end its person's sessions: which of ours to end, and the answer to send. */
  async function answer(
    serviceProvider: ServiceProvider,
    posted: Posted,
  ): Promise<{ sessionIds: string[]; sending: Sending }> {
    const { message, provider } = await verified(serviceProvider, posted, 'LogoutRequest')
    const id = attribute(message, 'ID') ?? ''
    if (!(await requests.markUsed([`${provider.entityId} ${id}`], new Date(now().getTime() + SESSION_MS)))) {
      throw new AppError('NOT_ALLOWED', 'Logout request already used')
    }
    const { nameId, sessionIndexes } = subjectOf(message)
    const sessionIds = await store.take(provider.entityId, nameId, sessionIndexes)
    const endpoint = endpointOf(provider, posted.binding)
    if (!endpoint) throw new AppError('NOT_ALLOWED', 'The provider has no logout address to answer to')
    const destination = endpoint.responseLocation
    const document = logoutResponseXml(envelope(serviceProvider, samlId(newId()), destination), id)
    const relayState = posted.fields['RelayState']
    const relay = typeof relayState === 'string' && relayState !== '' ? { relayState } : {}
    return {
      sessionIds,
      sending: send(
        { name: 'SAMLResponse', document, destination, binding: endpoint.binding, ...relay },
        serviceProvider.keys,
      ),
    }
  }

  async function verified(
    serviceProvider: ServiceProvider,
    posted: Posted,
    kind: LogoutKind,
  ): Promise<{ message: Element; provider: IdentityProvider }> {
    const field = kind === 'LogoutRequest' ? 'SAMLRequest' : 'SAMLResponse'
    const document = decodeMessage(posted.fields[field], posted.binding)
    const claimed = parseXml(document)
    const provider = await providers.find(issuerOf(claimed))
    if (!provider) throw new AppError('NOT_ALLOWED', 'Logout message of an unknown provider')
    if (posted.binding === 'redirect') checkQuerySignature(posted.query, provider.certificates)
    const message = posted.binding === 'redirect' ? claimed : verifiedRoot(document, provider.certificates)
    checkLogoutMessage(message, {
      kind,
      issuer: provider.entityId,
      destination: sloUrl(serviceProvider, posted.scheme),
      now: now(),
    })
    return { message, provider }
  }

  const envelope = (serviceProvider: ServiceProvider, id: string, destination: string) => ({
    id,
    issueInstant: now(),
    issuer: serviceProvider.keys.entityId,
    destination,
  })

  return { remember, begin, complete, answer }
}

/** At levels 2 and 3 the provider opens no session (spid-cie.md §7); CIE has no SAML logout (§9). */
const hasProviderSession = ({ scheme, level }: Login): boolean => scheme !== 'cie' && level === 1

type LogoutEndpoint = { binding: Binding; location: string; responseLocation: string }

function endpointOf({ singleLogout }: IdentityProvider, wanted: Binding = 'redirect'): LogoutEndpoint | undefined {
  for (const binding of [wanted, 'redirect', 'post'] as const) {
    const endpoint = singleLogout[binding]
    if (endpoint) return { binding, ...endpoint }
  }
  return undefined
}
