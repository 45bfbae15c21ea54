import { randomInt } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { formReader } from '../web/form-reader.ts'
import { loginOf, organizationOf } from './access-routes.ts'
import { browserSecret, keepBrowserSecret, wishesOf } from './browser-routes.ts'
import type { DirectoryService } from './directory-service.ts'
import { MESSAGE_FORM } from './bindings.ts'
import { accessPage, refusedPage } from './identity-views.ts'
import { localPath } from './login-request.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { networkOfVisitor, type LoginLimit } from './login-limit-routes.ts'
import type { LoginService, Outcome } from './login-service.ts'
import type { LogoutService } from './logout-service.ts'
import { sendMessage } from './send-routes.ts'
import type { SamlScheme } from './service-provider.ts'
import type { ServiceProviders } from './service-provider-service.ts'
import { AFTER_LOGIN, renewSession, unfinishedSession } from './session-routes.ts'

type Deps = Readonly<{
  https: boolean
  providers: IdentityProviders
  serviceProviders: ServiceProviders
  logins: LoginService
  logouts: LogoutService
  limit: LoginLimit
  /** Present where cards can be asked for. */
  cns?: unknown
  /** Present where staff can log in with their municipality's directory. */
  directories?: DirectoryService
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
}>

/** The choice of how to log in, the way to the provider, and the way back. */
export function loginRoutes(deps: Deps): Router {
  const { https, providers, serviceProviders, logins, limit } = deps
  const router = Router()
  const body = formReader(MESSAGE_FORM)
  const here = (res: Response) => serviceProviders.of(organizationOf(res))

  router.get('/accesso', async (req, res) => {
    const wishes = wishesOf(req)
    const current = loginOf(req)?.level
    if (current !== undefined && current >= wishes.level && !wishes.professional) {
      res.redirect(303, wishes.returnTo ?? AFTER_LOGIN)
      return
    }
    res.set('cache-control', 'no-store')
    const staff = (await deps.directories?.exists(organizationOf(res).id)) ?? false
    // A form that was sent without a session waits for the login that now follows (web/park.ts).
    const isKept = req.session.parked !== undefined && req.session.parked.path === wishes.returnTo
    const choice = { wishes, current, isKept, cns: deps.cns !== undefined, staff, shuffle }
    res.render('pages/identity/access', accessPage(await providers.all(), choice))
  })

  for (const scheme of ['spid', 'cie', 'eidas'] as const) {
    router.get(`/accesso/${scheme}`, limit.begins, async (req, res) => {
      const sending = await logins.begin(here(res), {
        ...wishesOf(req),
        scheme,
        identityProvider: await chosenProvider(providers, scheme, req.query['idp']),
        binding: req.query['binding'] === 'post' ? 'post' : 'redirect',
        browser: keepBrowserSecret(req, res, https),
        sessionId: unfinishedSession(req),
      })
      // 302, not 303: AgID's validator takes no other redirect here (italia/spid-sp-test, authn_request.py).
      sendMessage(res, sending, 302)
    })
  }

  for (const path of ['/spid/acs', '/cie/acs']) {
    router.post(path, limit.answers, body, async (req, res) => {
      const { SAMLResponse: samlResponse } = (req.body ?? {}) as Record<string, unknown>
      const from = { browser: browserSecret(req, https), network: networkOfVisitor(req) }
      const outcome = await logins.complete(here(res), { samlResponse, ...from, path })
      if (outcome.kind === 'login') {
        await limit.succeeded(req)
        await welcome(deps, outcome, { req, res })
      } else {
        await limit.failed(req)
        refuse(deps, outcome, res)
      }
    })
  }

  return router
}

/** The provider's entityID asked for; CIE and eIDAS have one provider each, which need not be named. */
async function chosenProvider(providers: IdentityProviders, scheme: SamlScheme, asked: unknown): Promise<string> {
  const [first] = typeof asked === 'string' || scheme === 'spid' ? [] : await providers.all(scheme)
  const chosen = typeof asked === 'string' ? asked : first?.entityId
  if (chosen !== undefined) return chosen
  throw new AppError('NOT_FOUND', `No provider for ${scheme}`, {
    explanation:
      'Non hai indicato un gestore di identità disponibile. Torna alla pagina di accesso e scegline uno dall’elenco.',
  })
}

async function welcome(
  { logouts, log }: Deps,
  { login, request }: Extract<Outcome, { kind: 'login' }>,
  { req, res }: { req: Request; res: Response },
): Promise<void> {
  const unfinished = await renewSession(req, login, {
    municipality: request.organization,
    previous: request.sessionId,
  })
  await logouts.remember(login, req.sessionID)
  log.info({ scheme: login.scheme, level: login.level, identityProvider: login.identityProvider }, 'login')
  res.redirect(303, request.returnTo ?? localPath(unfinished.returnTo) ?? AFTER_LOGIN)
}

function refuse({ log }: Deps, { anomaly, reason, retry }: Extract<Outcome, { kind: 'refused' }>, res: Response): void {
  const line = { reason, code: anomaly.code, identityProvider: retry?.identityProvider }
  if (anomaly.technical) log.warn(line, 'login refused')
  else log.info(line, 'login refused')
  res.status(403).set('cache-control', 'no-store')
  res.render(
    'pages/identity/refused',
    refusedPage(anomaly, { retry, requestId: String(res.locals['requestId'] ?? '') }),
  )
}

function shuffle<T>(list: readonly T[]): T[] {
  const shuffled = [...list]
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1)
    const [a, b] = [shuffled[index] as T, shuffled[other] as T]
    shuffled[index] = b
    shuffled[other] = a
  }
  return shuffled
}
