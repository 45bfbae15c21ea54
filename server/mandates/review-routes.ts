import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import type { Municipality } from '../municipalities/index.ts'
import { takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import { sendPaper, type MandateServices } from './mandate-access-routes.ts'
import { textOf, type Body } from './mandate-form.ts'
import type { Reviewer } from './mandate-review-service.ts'
import { REVIEW_BASE, reviewPage, reviewsPage } from './review-views.ts'

type Services = Pick<MandateServices, 'mandates' | 'documents' | 'catalogue'> &
  Readonly<{
    /** The officer who reviews, with the frame of their desk; throws NOT_FOUND for everybody else. */
    reviewerOf: (req: Request, municipality: Municipality) => Promise<Reviewer & { frame: object }>
  }>

/** Officers approve or refuse powers of attorney on paper, with reasons. */
export function reviewRoutes({ mandates, documents, catalogue, reviewerOf }: Services): Router {
  const router = Router()

  async function visit(req: Request, res: Response) {
    const municipality = res.locals['municipality'] as Municipality
    return { municipality, reviewer: await reviewerOf(req, municipality) }
  }

  async function show(req: Request, res: Response, { error, reason }: { error: string | null; reason: string }) {
    const { municipality, reviewer } = await visit(req, res)
    const mandate = await mandates.toReview(municipality.id, param(req, 'id'), reviewer)
    const [files, procedures] = await Promise.all([
      documents.ofFiling(municipality.id, mandate.id),
      catalogue.all(municipality.id),
    ])
    const choices = { procedures, filings: [] }
    res.render('pages/mandates/review', {
      ...reviewer.frame,
      ...reviewPage(mandate, { files, choices, error, reason }),
    })
  }

  router.get('/', async (req, res) => {
    const { municipality, reviewer } = await visit(req, res)
    const waiting = await mandates.waiting(municipality.id, reviewer)
    res.render('pages/mandates/reviews', { ...reviewer.frame, ...reviewsPage(waiting) })
  })

  router.get('/:id', (req, res) => show(req, res, { error: null, reason: textOf(takeParked(req) ?? {}, 'motivo') }))

  router.post('/:id', async (req, res) => {
    const { municipality, reviewer } = await visit(req, res)
    const body = (req.body ?? {}) as Body
    const reason = textOf(body, 'motivo')
    const type = textOf(body, 'esito') === 'approva' ? 'approved' : 'refused'
    try {
      await mandates.review(municipality.id, param(req, 'id'), { reviewer, type, reason })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      res.status(error.status)
      await show(req, res, { error: error.explanation ?? 'Controlla i dati.', reason })
      return
    }
    seeOther(res, REVIEW_BASE)
  })

  router.get('/:id/documenti/:document', async (req, res) => {
    const { municipality, reviewer } = await visit(req, res)
    const { id } = await mandates.toReview(municipality.id, param(req, 'id'), reviewer)
    await sendPaper(documents, req, res, { municipality: municipality.id, id })
  })

  return router
}
