import { AppError } from '../errors.ts'
import { anomalyOf, refusedResponse, unknownRequest, type Anomaly } from './anomaly.ts'
import { authnRequestXml } from './authn-request.ts'
import { sendAuthnRequest } from './authn-request-sender.ts'
import { decodeMessage, type Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { fingerprint } from './login-attempt.ts'
import { REQUEST_LIFETIME_MS, type Attempt, type LoginRequest } from './login-request.ts'
import type { LoginRequestStore } from './login-request-store.ts'
import { LOGGED_IN } from './message-log.ts'
import type { MessageLog } from './message-log-store.ts'
import type { Login } from './person.ts'
import { personOf } from './person-attributes.ts'
import { readResponse, statedPerson, verifyResponse } from './response.ts'
import { attributesOf, authnStatementOf, expiryOf, nameIdOf, reachedLevel, statusOf } from './response-rules.ts'
import { NS, samlId, type Binding } from './saml.ts'
import { acsUrl, DEFAULT_SET, PROFESSIONAL_SET, type ServiceProvider } from './service-provider.ts'
import { attribute, only, textOf, type Element } from './xml.ts'

type Start = Attempt &
  Readonly<{
    binding?: Binding
    /** The secret in the browser's cookie. */
    browser: string
    sessionId: string | undefined
  }>

type Refused = Readonly<{
  kind: 'refused'
  anomaly: Anomaly
  /** For the log, in English and without personal data. */
  reason: string
  retry?: Attempt
}>
export type Outcome = Readonly<{ kind: 'login'; login: Login; request: LoginRequest }> | Refused

/** What came in the form, from which browser, and at which path of ours. */
type Posted = Readonly<{ samlResponse: unknown; browser: string | undefined; path: string }>

type Deps = Readonly<{
  providers: IdentityProviders
  requests: LoginRequestStore
  messages: MessageLog
  now: () => Date
  newId: () => string
}>

export type LoginService = ReturnType<typeof createLoginService>

/** Logging in with SAML: the request to the provider, and what its response is worth. */
export function createLoginService(deps: Deps) {
  return {
    /** Makes a signed request and registers it. Throws NOT_FOUND for a provider that is not in the federation's metadata. */
    begin: async (serviceProvider: ServiceProvider, start: Start) => begin(deps, serviceProvider, start),

    /**
     * Reads a posted response (base64) brought by a browser with that secret (spid-cie.md §3). A request is consumed by
     * the login or by the provider's own refusal, exactly once; a response that we refuse consumes nothing.
     */
    complete: async (serviceProvider: ServiceProvider, posted: Posted) => complete(deps, serviceProvider, posted),
  }
}

async function begin(deps: Deps, serviceProvider: ServiceProvider, start: Start): Promise<Sending> {
  const { providers, requests, messages, now, newId } = deps
  const provider = await providers.find(start.identityProvider, start.scheme)
  if (!provider) throw unknownProvider()
  const { binding, destination } = endpointOf(provider, start.binding)
  const at = now()
  const professional = start.professional && start.scheme === 'spid'
  const asked = {
    id: samlId(newId()),
    issueInstant: at,
    level: start.level,
    attributeSet: professional ? PROFESSIONAL_SET : DEFAULT_SET[start.scheme],
  } as const
  const issuer = serviceProvider.keys.entityId
  // "P": an identity of a professional, for themselves or for a legal person.
  const document = authnRequestXml({ ...asked, ...(professional && { purpose: 'P' }), issuer, destination })
  // The RelayState says nothing: where to go on is in the registered request (no open redirect).
  const sending = await sendAuthnRequest({ document, destination, binding, relayState: newId() }, serviceProvider.keys)
  const common = {
    scheme: start.scheme,
    organization: serviceProvider.organization.id,
    identityProvider: provider.entityId,
  }
  const facts = { ...common, requestId: asked.id, at, level: asked.level, issueInstant: at.toISOString() }
  await Promise.all([
    requests.save({
      ...asked,
      ...common,
      browser: fingerprint(start.browser),
      sessionId: start.sessionId,
      returnTo: start.returnTo,
      expiresAt: new Date(at.getTime() + REQUEST_LIFETIME_MS),
    }),
    messages.append({ ...facts, kind: 'request', xml: sending.document }),
  ])
  return sending
}

async function complete(deps: Deps, serviceProvider: ServiceProvider, posted: Posted): Promise<Outcome> {
  const opened = await open(deps, serviceProvider, posted)
  if ('kind' in opened) return opened
  const { request, response, document } = opened
  const outcome = await judge(deps, serviceProvider, opened)
  const person = statedPerson(request.scheme, response)
  await deps.messages.append({
    requestId: request.id,
    kind: 'response',
    at: deps.now(),
    scheme: request.scheme,
    organization: request.organization,
    identityProvider: request.identityProvider,
    ...identifiersOf(response),
    ...(outcome.kind === 'login' ? { level: outcome.login.level, outcome: LOGGED_IN } : { outcome: outcome.reason }),
    ...(person !== undefined && { person }),
    xml: document,
  })
  return outcome
}

/** A response and the request that waits for it in this browser. */
type Opened = Readonly<{ document: string; response: Element; request: LoginRequest }>

async function open(
  deps: Deps,
  serviceProvider: ServiceProvider,
  { samlResponse, browser, path }: Posted,
): Promise<Opened | Refused> {
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
  const request = browser === undefined ? undefined : await deps.requests.find(id, fingerprint(browser), deps.now())
  const { organization, origin } = serviceProvider
  if (request?.organization !== organization.id)
    return { kind: 'refused', anomaly: unknownRequest(), reason: 'no request of this browser waits for it' }
  // SAML bindings §3.5.5.2: where a response came to must be where it says that it is for, which its rules compare with the same address.
  if (acsUrl(serviceProvider, request.scheme) !== `${origin}${path}`)
    return { kind: 'refused', anomaly: refusedResponse(), reason: 'not the address of its request' }
  return { document, response, request }
}

async function judge(deps: Deps, serviceProvider: ServiceProvider, { response, request }: Opened): Promise<Outcome> {
  const { providers, requests, now } = deps
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
    const assertion = verifyResponse({ response, request, provider, serviceProvider, now: now() })
    const login = toLogin(assertion, request, now())
    await consume(deps, request, [response, assertion])
    return { kind: 'login', login, request }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { kind: 'refused', anomaly: refusedResponse(), reason: reasonOf(error), retry }
  }
}

/** Of many equal responses that arrive at once, on any number of processes, one gets through here. */
async function consume(
  { requests, now }: Deps,
  request: LoginRequest,
  messages: readonly [Element, Element],
): Promise<void> {
  if (!(await requests.claim(request.id))) throw new AppError('NOT_ALLOWED', 'request already used')
  const ids = messages.map((message) => `${request.identityProvider} ${attribute(message, 'ID') ?? ''}`)
  const expiresAt = new Date((expiryOf(messages[1]) ?? now()).getTime() + REQUEST_LIFETIME_MS)
  if (!(await requests.markUsed(ids, expiresAt)))
    throw new AppError('NOT_ALLOWED', 'response or assertion already used')
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

function retryOf({ scheme, identityProvider, level, returnTo, attributeSet }: LoginRequest): Attempt {
  return { scheme, identityProvider, level, returnTo, professional: attributeSet === PROFESSIONAL_SET }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unreadable')

const unknownProvider = (): AppError =>
  new AppError('NOT_FOUND', 'Identity provider is not in the metadata', {
    explanation:
      'Il gestore di identità digitale richiesto non è tra quelli disponibili. Torna alla pagina di accesso e scegline uno dall’elenco.',
  })
