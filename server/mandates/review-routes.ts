import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { Author } from '../shared/party.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { param, pathOf } from '../web/request.ts'
import { textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { sendPaper, type MandateServices } from './mandate-access-routes.ts'
import type { Reviewer } from './mandate-review-service.ts'
import type { Mandate } from './mandate.ts'
import { REVIEW_BASE, reviewPage, reviewsPage } from './review-views.ts'

export type ReviewingOfficer = Reviewer &
  Readonly<{
    author: Extract<Author, { kind: 'officer' }>
    /** What `layouts/office` needs: office and nav. */
    frame: object
  }>

/** An officer looks at a mandate or at a paper of it. */
export type MandateLook = Readonly<{
  what: 'mandate' | 'mandate-paper'
  by: ReviewingOfficer['author']
  page: string
}>

type Services = Pick<MandateServices, 'mandates' | 'documents' | 'catalogue'> &
  Readonly<{
    /** The officer who reviews, with the frame of their desk; throws NOT_FOUND for everybody else. */
    reviewerOf: (req: Request, res: Response) => Promise<ReviewingOfficer>
    /** Records the look; the page waits for it. */
    consulted: (mandate: Mandate, look: MandateLook) => Promise<void>
  }>

/** By the value of the button: what came without one, or with two, decides nothing. */
const DECISIONS: ReadonlyMap<string, 'approved' | 'refused'> = new Map([
  ['approva', 'approved'],
  ['rifiuta', 'refused'],
])
const UNDECIDED = 'Scegli se approvare la procura: premi «Approva la procura» o «Non approvare».'

/** Officers approve or refuse powers of attorney on paper, with reasons. */
export function reviewRoutes({ mandates, documents, catalogue, reviewerOf, consulted }: Services): Router {
  const router = Router()

  async function visit(req: Request, res: Response) {
    return { municipality: municipalityOf(res), reviewer: await reviewerOf(req, res) }
  }

  /** The mandate that is to be reviewed, once it is written down who looks. */
  async function open(req: Request, res: Response, what: MandateLook['what']) {
    const at = await visit(req, res)
    const mandate = await mandates.toReview(at.municipality.id, param(req, 'id'), at.reviewer)
    await consulted(mandate, { what, by: at.reviewer.author, page: pathOf(req) })
    return { ...at, mandate }
  }

  async function show(req: Request, res: Response, { errors, reason }: { errors: FormErrors; reason: string }) {
    const { municipality, reviewer, mandate } = await open(req, res, 'mandate')
    const [files, procedures] = await Promise.all([
      documents.ofFiling(municipality.id, mandate.id),
      catalogue.all(municipality.id),
    ])
    const choices = { procedures, filings: [] }
    res.render('pages/mandates/review', {
      ...reviewer.frame,
      ...reviewPage(mandate, { files, choices, errors, reason }),
    })
  }

  router.get('/', async (req, res) => {
    const { municipality, reviewer } = await visit(req, res)
    const waiting = await mandates.waiting(municipality.id, reviewer)
    res.render('pages/mandates/reviews', { ...reviewer.frame, ...reviewsPage(waiting) })
  })

  router.get('/:id', (req, res) => show(req, res, { errors: {}, reason: textIn(takeUnsent(req, res) ?? {}, 'motivo') }))

  router.post('/:id', async (req, res) => {
    const { municipality, reviewer } = await visit(req, res)
    const body = (req.body ?? {}) as FormBody
    const reason = textIn(body, 'motivo')
    const type = DECISIONS.get(textIn(body, 'esito'))
    if (!type) {
      res.status(422)
      await show(req, res, { errors: { esito: UNDECIDED }, reason })
      return
    }
    try {
      await mandates.review(municipality.id, param(req, 'id'), { reviewer, type, reason })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      res.status(error.status)
      await show(req, res, { errors: { motivo: error.explanation ?? 'Controlla i dati.' }, reason })
      return
    }
    const told = 'Le persone che riguarda ricevono un avviso.'
    confirmAt(req, res, REVIEW_BASE, {
      title: type === 'approved' ? 'Hai approvato la procura' : 'Non hai approvato la procura',
      text: [told],
    })
  })

  router.get('/:id/documenti/:document', async (req, res) => {
    const { municipality, mandate } = await open(req, res, 'mandate-paper')
    await sendPaper(documents, req, res, { municipality: municipality.id, id: mandate.id })
  })

  return router
}
