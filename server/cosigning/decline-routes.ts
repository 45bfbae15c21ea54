import { Router } from 'express'
import { AppError } from '../errors.ts'
import { citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import type { CosignPage } from './cosign-page-routes.ts'
import type { CosigningService } from './cosigning-service.ts'
import { BASE, declineAddress } from './cosigning-views.ts'

const DECLINE = declineAddress(':id')

/** A signer says that they will not sign, and why if they want. */
export function declineRoutes({
  cosigning,
  page,
}: Readonly<{ cosigning: CosigningService; page: CosignPage }>): Router {
  const router = Router()

  // Whoever had to log in to say no is sent here: it is not said yet.
  router.get(DECLINE, async (req, res) => {
    const opened = await page.openFor(req, res)
    const parked = opened.asked ? takeUnsent(req, res) : undefined
    if (parked === undefined) {
      seeOther(res, `${BASE}/${param(req, 'id')}`)
      return
    }
    await page.show(req, res, { opened, errors: {}, reason: bodyText(parked, 'motivo') })
  })

  router.post(DECLINE, async (req, res) => {
    await page.openFor(req, res)
    const [login, { id: municipality }, id] = [citizenLogin(req), municipalityOf(res), param(req, 'id')]
    const reason = bodyText(req.body, 'motivo')
    try {
      await cosigning.decline(municipality, id, login, reason)
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'INVALID_INPUT' && error.code !== 'CONFLICT')) throw error
      const motivo = error.explanation ?? 'Controlla i dati.'
      await page.showRefused(req, res, { status: error.status, errors: { motivo }, reason })
      return
    }
    seeOther(res, `${BASE}/${id}`)
  })

  return router
}
