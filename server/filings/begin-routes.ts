import { Router } from 'express'
import { journey } from '../forms/index.ts'
import { loginOf } from '../identity/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { param, seeOther } from '../web/tenant.ts'
import { assertLevel, bodyText, municipalityOf, personOf } from './access-routes.ts'
import type { DraftService } from './draft-service.ts'
import { privacyPage } from './draft-views.ts'
import type { FilingService } from './filing-service.ts'

type Services = { drafts: DraftService; filings: FilingService; catalogue: Catalogue; newId: () => string }

/** The first phase of a request: who begins has read how their data are used (GDPR art. 13). */
export function beginRoutes({ drafts, filings, catalogue, newId }: Services): Router {
  const router = Router()

  router.get('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(loginOf(req), procedure.login.level)
    const login = personOf(req)
    const own = await filings.draftsOf(municipality.id, login, procedure.id)
    res.render('pages/filings/privacy', privacyPage(procedure, municipality, { key: newId(), drafts: own }))
  })

  router.post('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(loginOf(req), procedure.login.level)
    const login = personOf(req)
    if (bodyText(req.body, 'privacy') !== 'letta') {
      const own = await filings.draftsOf(municipality.id, login, procedure.id)
      res.status(422).render('pages/filings/privacy', {
        ...privacyPage(procedure, municipality, { key: bodyText(req.body, 'chiave') || newId(), drafts: own }),
        error: true,
      })
      return
    }
    const draft = await drafts.begin(municipality.id, procedure.id, login, bodyText(req.body, 'chiave') || newId())
    seeOther(res, `/pratiche/${draft.id}/modulo/${journey(procedure.form, draft.answers)[0]?.id ?? ''}`)
  })

  return router
}
