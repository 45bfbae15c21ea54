import { Router, type Request, type Response } from 'express'
import { DEAD_PAGE_SIZE } from '../history/index.ts'
import { requireOfficerLogin } from '../identity/index.ts'
import { formatFigure } from '../shared/figure.ts'
import { confirmAt } from '../web/confirmation.ts'
import { insteadAt } from '../web/park.ts'
import { pageAsked, param, seeOther } from '../web/request.ts'
import { houseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { GIVEN_UP } from './desk-views.ts'
import type { GivenUpWork } from './given-up-service.ts'
import { givenUpPage } from './given-up-views.ts'
import { OFFICER_LEVEL } from './officer.ts'

type Services = Readonly<{ givenUp: GivenUpWork; desks: DeskService }>

/** What was given up after its retries, for who keeps the platform; mounted at `/ufficio/operazioni-non-riuscite`. */
export function givenUpRoutes({ givenUp, desks }: Services): Router {
  const router = Router()
  const visit = houseVisit(desks, 'keep-platform')
  router.use(requireOfficerLogin(OFFICER_LEVEL))

  router.get('/', async (req, res) => {
    const at = await visit(req, res)
    const found = await pageAsked(req, DEAD_PAGE_SIZE, (page) => givenUp.list(at.municipality.id, page))
    res.render('pages/offices/given-up', givenUpPage(at, found))
  })

  router.get(['/riprova', '/:task/riprova'], insteadAt(GIVEN_UP))

  router.post('/riprova', async (req, res) => {
    const { municipality } = await visit(req, res)
    told(req, res, await givenUp.retry(municipality.id))
  })

  router.post('/:task/riprova', async (req, res) => {
    const { municipality } = await visit(req, res)
    told(req, res, await givenUp.retry(municipality.id, param(req, 'task')))
  })

  return router
}

/** A second press finds nothing left that it would have done. */
function told(req: Request, res: Response, count: number): void {
  const what = count === 1 ? 'un’operazione' : `${formatFigure(count)} operazioni`
  if (count === 0) seeOther(res, GIVEN_UP)
  else confirmAt(req, res, GIVEN_UP, { title: `Hai fatto riprovare ${what}` })
}
