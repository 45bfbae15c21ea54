import { AppError } from '../errors.ts'
import { LimitExceeded } from '../shared/thread-pool.ts'
import { refusedResponse, unknownRequest, type Anomaly } from './anomaly.ts'
import { authnRequestXml } from './authn-request.ts'
import { sendAuthnRequest } from './authn-request-sender.ts'
import { decodeMessage, type Sending } from './bindings.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { UNKNOWN_PROVIDER, type Judgement } from './judgement.ts'
import { fingerprint } from './login-attempt.ts'
import { REQUEST_LIFETIME_MS, type Attempt, type LoginRequest } from './login-request.ts'
import type { LoginRequestStore } from './login-request-store.ts'
import { LOGGED_IN } from './message-log.ts'
import type { MessageLog } from './message-log-store.ts'
import type { Login } from './person.ts'
import { statedRequest } from './response.ts'
import { judged } from './response-pool.ts'
import { expectedOf } from './response-rules.ts'
import { samlId, type Binding } from './saml.ts'
import { acsUrl, DEFAULT_SET, PROFESSIONAL_SET, type ServiceProvider } from './service-provider.ts'

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

/** What came in the form, from which browser and network, and at which path of ours. */
type Posted = Readonly<{ samlResponse: unknown; browser: string | undefined; network: string; path: string }>

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
  const { request, document } = opened
  const judgement = await judge(deps, serviceProvider, { ...opened, network: posted.network })
  if (judgement.kind === 'unreadable') return unreadable(judgement.reason)
  const outcome = await outcomeOf(deps, request, judgement)
  await deps.messages.append({
    requestId: request.id,
    kind: 'response',
    at: deps.now(),
    scheme: request.scheme,
    organization: request.organization,
    identityProvider: request.identityProvider,
    ...judgement.stated,
    ...(outcome.kind === 'login' ? { level: outcome.login.level, outcome: LOGGED_IN } : { outcome: outcome.reason }),
    xml: document,
  })
  return outcome
}

/** A response and the request that waits for it in this browser. */
type Opened = Readonly<{ document: string; request: LoginRequest }>

async function open(
  deps: Deps,
  serviceProvider: ServiceProvider,
  { samlResponse, browser, path }: Posted,
): Promise<Opened | Refused> {
  let document: string
  try {
    document = decodeMessage(samlResponse, 'post')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return unreadable(error.message)
  }
  const id = statedRequest(document)
  // Without the cookie it is another browser: an attacker could make a victim's browser post the attacker's own
  // response (login CSRF), and that browser has no cookie of ours. The official validators keep cookies.
  const request = browser === undefined ? undefined : await deps.requests.find(id, fingerprint(browser), deps.now())
  const { organization, origin } = serviceProvider
  if (request?.organization !== organization.id)
    return { kind: 'refused', anomaly: unknownRequest(), reason: 'no request of this browser waits for it' }
  // SAML bindings §3.5.5.2: where a response came to must be where it says that it is for, which its rules compare with the same address.
  if (acsUrl(serviceProvider, request.scheme) !== `${origin}${path}`)
    return { kind: 'refused', anomaly: refusedResponse(), reason: 'not the address of its request' }
  return { document, request }
}

const unreadable = (reason: string): Refused => ({ kind: 'refused', anomaly: refusedResponse(), reason })

async function judge(
  { providers, now }: Deps,
  serviceProvider: ServiceProvider,
  { document, request, network }: Opened & Pick<Posted, 'network'>,
): Promise<Judgement> {
  const provider = await providers.find(request.identityProvider, request.scheme)
  const expected = expectedOf(request, { serviceProvider, now: now() })
  try {
    return await judged({ document, request, expected, keys: provider?.keys ?? null }, network)
  } catch (error) {
    if (!(error instanceof LimitExceeded)) throw error
    return { kind: 'unreadable', reason: error.message }
  }
}

async function outcomeOf(
  deps: Deps,
  request: LoginRequest,
  judgement: Exclude<Judgement, { kind: 'unreadable' }>,
): Promise<Outcome> {
  const retry = retryOf(request)
  if (judgement.kind === 'anomaly') {
    await deps.requests.drop(request.id)
    const { anomaly } = judgement
    return { kind: 'refused', anomaly, reason: `provider refused: ${anomaly.code}`, retry }
  }
  const refused = (reason: string): Refused => ({ kind: 'refused', anomaly: refusedResponse(), reason, retry })
  if (judgement.kind === 'refused') return refused(judgement.reason)
  return (await isFirstUse(deps, request, judgement))
    ? { kind: 'login', login: judgement.login, request }
    : refused('request, response or assertion already used')
}

/** Of many equal responses that arrive at once, on any number of processes, one gets through here. */
async function isFirstUse(
  { requests, now }: Deps,
  request: LoginRequest,
  { stated, login, expiry }: Extract<Judgement, { kind: 'login' }>,
): Promise<boolean> {
  const ids = [stated.responseId, login.assertionId ?? ''].map((id) => `${request.identityProvider} ${id}`)
  return requests.use(request.id, ids, new Date((expiry ?? now()).getTime() + REQUEST_LIFETIME_MS))
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

function retryOf({ scheme, identityProvider, level, returnTo, attributeSet }: LoginRequest): Attempt {
  return { scheme, identityProvider, level, returnTo, professional: attributeSet === PROFESSIONAL_SET }
}

const unknownProvider = (): AppError =>
  new AppError('NOT_FOUND', UNKNOWN_PROVIDER, {
    explanation:
      'Il gestore di identità digitale richiesto non è tra quelli disponibili. Torna alla pagina di accesso e scegline uno dall’elenco.',
  })
