import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { takeUnsent } from '../web/park.ts'
import { seeOther } from '../web/request.ts'
import type { FormBody, FormErrors } from '../shared/form-body.ts'
import { frameOf, whose, type MandateServices } from './mandate-access-routes.ts'
import { decodeCompanyCode } from './mandate-form.ts'
import { BASE } from './mandate-views.ts'
import type { Represented } from './representation-service.ts'
import { companyPage } from './side-views.ts'

/** Choosing the company in whose name one looks after mandates, and leaving it. */
export function sideRoutes(services: MandateServices): Router {
  const { mandates } = services
  const router = Router()

  async function show(req: Request, res: Response, sent: { body: FormBody; errors: FormErrors }): Promise<void> {
    const { tabs } = await frameOf(services, req, res)
    res.render('pages/mandates/company', companyPage({ ...sent, tabs, person: whose(req, res).login.person }))
  }

  router.get('/impresa', (req, res) => show(req, res, { body: takeUnsent(req, res) ?? {}, errors: {} }))

  router.post('/impresa', async (req, res) => {
    const { login } = whose(req, res)
    const body = (req.body ?? {}) as FormBody
    try {
      await keep(req, await mandates.represented(decodeCompanyCode(body), login))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      await show(req, res, { body, errors: { cfImpresa: error.explanation ?? 'Controlla il codice fiscale.' } })
      return
    }
    seeOther(res, BASE)
  })

  router.post('/impresa/lascia', async (req, res) => {
    await keep(req, null)
    seeOther(res, BASE)
  })

  return router
}

/** In the session, until the person leaves it or logs out: a new login begins without. */
async function keep(req: Request, company: Represented | null): Promise<void> {
  const { login } = req.session
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed')
  const own = Object.entries(login).filter(([name]) => name !== 'represents')
  req.session.login = { ...(Object.fromEntries(own) as typeof login), ...(company && { represents: company }) }
}
