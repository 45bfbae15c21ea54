import { Router, type Request, type Response } from 'express'
import { municipalityOf } from '../municipalities/index.ts'
import { romeDate } from '../shared/dates.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { param, pathOf } from '../web/request.ts'
import { hasErrors, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { deskListPage, deskPage, DESK_BASE } from './correction-desk-views.ts'
import { decodeAnswer } from './correction-form.ts'
import type { Corrections } from './correction-service.ts'
import type { CorrectionOfficer } from './correction.ts'

type Deps = Readonly<{
  corrections: Corrections
  /** The officer who answers, with the frame of their desk; throws NOT_FOUND for everybody else. */
  officerOf: (req: Request, res: Response) => Promise<CorrectionOfficer & { frame: object }>
  now: () => Date
}>

/** The data-protection officer answers requests that data be corrected, within a month (GDPR art. 12 c. 3). */
export function correctionDeskRoutes({ corrections, officerOf, now }: Deps): Router {
  const router = Router()

  async function visit(req: Request, res: Response) {
    const { frame, ...officer } = await officerOf(req, res)
    return { municipality: municipalityOf(res).id, officer, frame }
  }

  async function show(req: Request, res: Response, shown: { body: FormBody; errors: FormErrors }) {
    const { municipality, officer, frame } = await visit(req, res)
    const correction = await corrections.look(municipality, param(req, 'id'), { officer, page: pathOf(req) })
    res.render('pages/personal-data/desk-correction', { ...frame, ...deskPage(correction, shown) })
  }

  router.get('/', async (req, res) => {
    const { municipality, officer, frame } = await visit(req, res)
    const page = deskListPage(await corrections.list(municipality, officer), romeDate(now()))
    res.render('pages/personal-data/desk-corrections', { ...frame, ...page })
  })

  router.get('/:id', (req, res) => show(req, res, { body: takeUnsent(req, res) ?? {}, errors: {} }))

  router.post('/:id', async (req, res) => {
    const { municipality, officer } = await visit(req, res)
    const body = (req.body ?? {}) as FormBody
    const { answer, errors } = decodeAnswer(body)
    if (hasErrors(errors)) {
      res.status(422)
      await show(req, res, { body, errors })
      return
    }
    await corrections.answer(municipality, param(req, 'id'), { officer, ...answer })
    confirmAt(req, res, DESK_BASE, {
      title: 'Hai risposto alla richiesta',
      text: ['La persona riceve un avviso e legge la risposta nella sua area personale.'],
    })
  })

  return router
}
