import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import { anomalyOf, refusedResponse, unknownRequest, type Anomaly } from './anomaly.ts'
import { authnRequestXml, type Purpose } from './authn-request.ts'
import { decodeMessage, send, type Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { REQUEST_LIFETIME_MS, type LoginRequest, type Retry } from './login-request.ts'
import type { LoginRequestStore } from './login-request-store.ts'
import type { MessageLog } from './message-log-store.ts'
import type { Level, Login } from './person.ts'
import { personOf } from './person-attributes.ts'
import { readResponse, verifyResponse } from './response.ts'
import { attributesOf, authnStatementOf, expiryOf, nameIdOf, reachedLevel, statusOf } from './response-rules.ts'
import { NS, samlId, STATUS_SUCCESS, type Binding, type Comparison } from './saml.ts'
import { acsUrl, DEFAULT_SET, type SamlScheme, type ServiceProvider } from './service-provider.ts'
import { attribute, only, textOf, type Element } from './xml.ts'

export type Start = Readonly<{
  scheme: SamlScheme
  identityProvider: string
  level: Level
  comparison?: Comparison
  binding?: Binding
  attributeSet?: number
  purpose?: Purpose
  /** The secret in the browser's cookie. */
  browser: string
  sessionId: string
  returnTo?: string
}>

export type Outcome =
  | Readonly<{ kind: 'login'; login: Login; request: LoginRequest }>
  /** `reason` is for the log, in English and without personal data. */
  | Readonly<{ kind: 'refused'; anomaly: Anomaly; reason: string; retry?: Retry }>

type Deps = Readonly<{
  providers: IdentityProviders
  requests: LoginRequestStore
  messages: MessageLog
  now: () => Date
  newId: () => string
}>

export type LoginService = ReturnType<typeof createLoginService>

/** Logging in with SAML: the request to the provider, and what its response is worth. */
export function createLoginService({ providers, requests, messages, now, newId }: Deps) {
  /** Makes a signed request and registers it. Throws NOT_FOUND for a provider that is not in the federation's metadata. */
  async function begin(serviceProvider: ServiceProvider, start: Start): Promise<Sending> {
    const provider = await providers.find(start.identityProvider, start.scheme)
    if (!provider) throw unknownProvider()
    const { binding, destination } = endpointOf(provider, start.binding)
    const at = now()
    const asked = {
      id: samlId(newId()),
      issueInstant: at,
      level: start.level,
      // The provider may always use a higher level; "minimum" says so.
      comparison: start.comparison ?? 'minimum',
      attributeSet: start.attributeSet ?? DEFAULT_SET[start.scheme],
    } as const
    const purpose = start.purpose === undefined ? {} : { purpose: start.purpose }
    const document = authnRequestXml({ ...asked, ...purpose, issuer: serviceProvider.keys.entityId, destination })
    const sending = send(
      { name: 'SAMLRequest', document, destination, binding, relayState: newId() },
      serviceProvider.keys,
    )
    const common = {
      scheme: start.scheme,
      organization: serviceProvider.organization.id,
      identityProvider: provider.entityId,
    }
    await requests.save({
      ...asked,
      ...common,
      xml: sending.document,
      browser: fingerprint(start.browser),
      sessionId: start.sessionId,
      ...(start.returnTo === undefined ? {} : { returnTo: start.returnTo }),
      expiresAt: new Date(at.getTime() + REQUEST_LIFETIME_MS),
    })
    await messages.append({
      ...common,
      requestId: asked.id,
      kind: 'request',
      at,
      issueInstant: at.toISOString(),
      xml: sending.document,
    })
    return sending
  }

  /**
   * Reads a posted response (base64) brought by a browser with that secret (spid-cie.md §3). A request is consumed by
   * the login or by the provider's own refusal, exactly once; a response that we refuse consumes nothing.
   */
  async function complete(
    serviceProvider: ServiceProvider,
    posted: { samlResponse: unknown; browser: string | undefined },
  ): Promise<Outcome> {
    const found = await open(serviceProvider, posted)
    if ('kind' in found) return found
    const { request } = found
    const outcome = await judge(serviceProvider, found)
    await messages.append({
      requestId: request.id,
      kind: 'response',
      at: now(),
      scheme: request.scheme,
      organization: request.organization,
      identityProvider: request.identityProvider,
      ...identifiersOf(found.response),
      outcome: outcome.kind === 'login' ? 'login' : outcome.reason,
      xml: found.document,
    })
    return outcome
  }

  type Opened = Readonly<{ samlResponse: string; document: string; response: Element; request: LoginRequest }>

  /** The response and the request that waits for it in this browser. */
  async function open(
    serviceProvider: ServiceProvider,
    { samlResponse, browser }: { samlResponse: unknown; browser: string | undefined },
  ): Promise<Opened | Outcome> {
    let document: string
    let response: Element
    try {
      document = decodeMessage(samlResponse, 'post')
      response = readResponse(document)
    } catch (error) {
      return { kind: 'refused', anomaly: refusedResponse(), reason: reasonOf(error) }
    }
    const id = attribute(response, 'InResponseTo') ?? ''
    // Without the cookie it is another browser: an attacker could make a victim's browser post the attacker's own
    // response (login CSRF), and that browser has no cookie of ours. The official validators keep cookies.
    const request = browser === undefined ? undefined : await requests.find(id, fingerprint(browser), now())
    if (request?.organization !== serviceProvider.organization.id) {
      return { kind: 'refused', anomaly: unknownRequest(), reason: 'no request of this browser waits for it' }
    }
    return { samlResponse: samlResponse as string, document, response, request }
  }

  async function judge(
    serviceProvider: ServiceProvider,
    { samlResponse, response, request }: Opened,
  ): Promise<Outcome> {
    const retry = retryOf(request)
    const status = statusOf(response)
    const anomaly = status.code ? anomalyOf(status) : undefined
    if (anomaly) {
      await requests.claim(request.id)
      return { kind: 'refused', anomaly, reason: `provider refused: ${anomaly.code}`, retry }
    }
    try {
      const provider = await providers.find(request.identityProvider, request.scheme)
      if (!provider) throw unknownProvider()
      const assertion = await verifyResponse({ samlResponse, response, request, provider, serviceProvider, now: now() })
      const login = toLogin(assertion, request, now())
      await consume(request, response, assertion)
      return { kind: 'login', login, request }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { kind: 'refused', anomaly: refusedResponse(), reason: reasonOf(error), retry }
    }
  }

  /** Of many equal responses at once, on any number of processes, one passes here. */
  async function consume(request: LoginRequest, response: Element, assertion: Element): Promise<void> {
    if (!(await requests.claim(request.id))) throw new AppError('NOT_ALLOWED', 'request already used')
    const ids = [attribute(response, 'ID'), attribute(assertion, 'ID')].map(
      (id) => `${request.identityProvider} ${id ?? ''}`,
    )
    const expiresAt = new Date((expiryOf(assertion) ?? now()).getTime() + REQUEST_LIFETIME_MS)
    if (!(await requests.markUsed(ids, expiresAt)))
      throw new AppError('NOT_ALLOWED', 'response or assertion already used')
  }

  return { begin, complete }
}

function endpointOf(
  provider: IdentityProvider,
  wanted: Binding | undefined,
): { binding: Binding; destination: string } {
  const order: Binding[] = wanted === 'post' ? ['post', 'redirect'] : ['redirect', 'post']
  for (const binding of order) {
    const destination = provider.singleSignOn[binding]
    if (destination !== undefined) return { binding, destination }
  }
  throw unknownProvider()
}

function toLogin(assertion: Element, request: LoginRequest, at: Date): Login {
  const level = reachedLevel(assertion)
  if (level === undefined) throw new AppError('NOT_ALLOWED', 'Assertion without level')
  const nameId = nameIdOf(assertion)
  const sessionIndex = attribute(authnStatementOf(assertion), 'SessionIndex')
  return {
    person: personOf(request.scheme, attributesOf(assertion)),
    scheme: request.scheme,
    level,
    identityProvider: request.identityProvider,
    at,
    nameId: textOf(nameId),
    nameQualifier: attribute(nameId, 'NameQualifier') ?? '',
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    requestId: request.id,
    assertionId: attribute(assertion, 'ID') ?? '',
  }
}

function identifiersOf(response: Element): { responseId: string; assertionId: string } {
  return {
    responseId: attribute(response, 'ID') ?? '',
    assertionId: attribute(only(response, NS.assertion, 'Assertion'), 'ID') ?? '',
  }
}

function retryOf({ scheme, identityProvider, level, returnTo }: LoginRequest): Retry {
  return { scheme, identityProvider, level, ...(returnTo === undefined ? {} : { returnTo }) }
}

/** The database knows the browser by a fingerprint only: who reads it cannot finish somebody's login. */
const fingerprint = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unreadable')

const unknownProvider = (): AppError =>
  new AppError('NOT_FOUND', 'Identity provider is not in the metadata', {
    explanation:
      'Il gestore di identità digitale richiesto non è tra quelli disponibili. Torna alla pagina di accesso e scegline uno dall’elenco.',
  })
