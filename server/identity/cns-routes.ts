import { Router, type Response } from 'express'
import { organizationOf } from './access-routes.ts'
import { browserSecret, keepBrowserSecret, wishesOf } from './browser-routes.ts'
import { CARD_PATH } from './card-routes.ts'
import type { CardService } from './card-service.ts'
import { cardLostPage, cardRefusedPage } from './card-views.ts'
import type { RefusedPage } from './identity-views.ts'
import { localPath } from './login-request.ts'
import type { LoginLimit } from './login-limit-routes.ts'
import type { Organization } from './service-provider.ts'
import { AFTER_LOGIN, renewSession, unfinishedSession } from './session-routes.ts'

export type CnsDeps = Readonly<{
  https: boolean
  cards: CardService
  /** Where cards are asked for, without final slash. */
  address: string
  originOf: (organization: Organization) => string
  limit: LoginLimit
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
}>

/** The way to the address where cards are asked for, and the way back. */
export function cnsRoutes({ https, cards, address, originOf, limit, log }: CnsDeps): Router {
  const router = Router()

  router.get('/accesso/cns', limit.begins, async (req, res) => {
    const organization = organizationOf(res)
    const id = await cards.begin({
      browser: keepBrowserSecret(req, res, https),
      organization: organization.id,
      origin: originOf(organization),
      wishes: wishesOf(req),
      sessionId: unfinishedSession(req),
    })
    res.redirect(303, `${address}${CARD_PATH}?richiesta=${id}`)
  })

  router.get('/accesso/cns/ritorno', limit.answers, async (req, res) => {
    const code = typeof req.query['codice'] === 'string' ? req.query['codice'] : ''
    const outcome = await cards.complete(code, browserSecret(req, https), organizationOf(res).id)
    if (!outcome) {
      log.warn({ scheme: 'cns' }, 'login refused: no card login of this browser waits for the code')
      refuse(res, cardLostPage(String(res.locals['requestId'] ?? '')))
      return
    }
    const { wishes, sessionId } = outcome
    if (outcome.kind === 'refused') {
      log.info({ scheme: 'cns', reason: outcome.problem }, 'login refused')
      refuse(res, cardRefusedPage(outcome.problem, wishes, String(res.locals['requestId'] ?? '')))
      return
    }
    const { login } = outcome
    const unfinished = await renewSession(req, login, { municipality: organizationOf(res).id, previous: sessionId })
    await limit.succeeded(req)
    log.info({ scheme: 'cns', level: login.level, identityProvider: login.identityProvider }, 'login')
    res.redirect(303, wishes.returnTo ?? localPath(unfinished.returnTo) ?? AFTER_LOGIN)
  })

  return router
}

function refuse(res: Response, page: RefusedPage): void {
  res.status(403).set('cache-control', 'no-store').render('pages/identity/refused', page)
}
