import { Router } from 'express'
import { AppError } from '../errors.ts'
import { organizationOf } from './access-routes.ts'
import { browserSecret, keepBrowserSecret, wishesOf } from './browser-routes.ts'
import { DIRECTORY_CALLBACK, type DirectoryService } from './directory-service.ts'
import { directoryRefusedPage, staffPage } from './directory-views.ts'
import type { LoginLimit } from './login-limit-routes.ts'
import type { Wishes } from './login-request.ts'
import type { Organization } from './service-provider.ts'
import { renewSession, unfinishedSession } from './session-routes.ts'

/** The only pages that a login of the directory opens. */
const DESK = '/ufficio'

export type DirectoryDeps = Readonly<{
  https: boolean
  directories: DirectoryService
  originOf: (organization: Organization) => string
  limit: LoginLimit
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
}>

/** The page for staff, the way to the municipality's directory, and the way back. */
export function directoryRoutes({ https, directories, originOf, limit, log }: DirectoryDeps): Router {
  const router = Router()

  router.use('/accesso/personale', async (_req, res, next) => {
    if (!(await directories.exists(organizationOf(res).id)))
      throw new AppError('NOT_FOUND', 'No directory for the staff')
    res.set('cache-control', 'no-store')
    next()
  })

  router.get('/accesso/personale', (req, res) => {
    res.render('pages/identity/staff', staffPage(deskWishes(wishesOf(req))))
  })

  router.get('/accesso/personale/entra', limit.begins, async (req, res) => {
    const organization = organizationOf(res)
    const address = await directories.begin({
      browser: keepBrowserSecret(req, res, https),
      organization: organization.id,
      origin: originOf(organization),
      wishes: deskWishes(wishesOf(req)),
      sessionId: unfinishedSession(req),
    })
    res.redirect(303, address)
  })

  router.get(DIRECTORY_CALLBACK, limit.answers, async (req, res) => {
    const organization = organizationOf(res)
    const place = { organization: organization.id, origin: originOf(organization) }
    const returned = { address: req.originalUrl, browser: browserSecret(req, https) }
    const outcome = await directories.complete(place, returned)
    if (outcome.kind === 'refused') {
      const { refusal, reason } = outcome
      const line = { scheme: 'oidc', refusal, reason }
      if (refusal === 'not-believed') log.warn(line, 'login refused')
      else log.info(line, 'login refused')
      const page = directoryRefusedPage(refusal, deskWishes(wishesOf(req)), String(res.locals['requestId'] ?? ''))
      res.status(403).render('pages/identity/refused', page)
      return
    }
    const { login, idToken, wishes, sessionId } = outcome
    await renewSession(req, login, { municipality: organization.id, previous: sessionId, idToken })
    await limit.succeeded(req)
    log.info({ scheme: 'oidc', level: login.level, identityProvider: login.identityProvider }, 'login')
    res.redirect(303, wishes.returnTo ?? DESK)
  })

  return router
}

/** Wherever one came from: a login of the directory goes on at the desk. */
const deskWishes = ({ level, returnTo }: Wishes): Wishes => ({
  level,
  returnTo: returnTo !== undefined && /^\/ufficio([/?#]|$)/.test(returnTo) ? returnTo : undefined,
  professional: false,
})
