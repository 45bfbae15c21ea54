import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { param } from '../web/request.ts'
import { hasErrors, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { whose, type Holders, type Tabs } from './access-routes.ts'
import { decodeAsked } from './correction-form.ts'
import type { Corrections } from './correction-service.ts'
import { BASE, correctionForm, correctionPage, treatmentOf } from './correction-views.ts'

type Deps = Readonly<{ corrections: Corrections; holders: Holders; tabs: Tabs }>

/** A person asks that data be corrected, and reads what became of it (GDPR art. 16). */
export function correctionRoutes({ corrections, holders, tabs }: Deps): Router {
  const router = Router()

  async function show(
    req: Request,
    res: Response,
    shown: { body: FormBody; errors: FormErrors; problem: string | null },
  ) {
    const view = { ...shown, ...(await around(req, res)) }
    res.render('pages/personal-data/correction-form', correctionForm(view))
  }

  /** What stands around a request on its pages: the sections of the area, and who will treat it. */
  async function around(req: Request, res: Response) {
    const { municipality, login } = whose(req, res)
    const [sections, held] = await Promise.all([tabs(municipality.id, login), holders(municipality)])
    return { tabs: sections, treatment: treatmentOf(login.person, held, municipality) }
  }

  router.get('/rettifica', (req, res) =>
    show(req, res, { body: takeUnsent(req, res) ?? {}, errors: {}, problem: null }),
  )

  router.post('/rettifica', async (req, res) => {
    const { municipality, login } = whose(req, res)
    const body = (req.body ?? {}) as FormBody
    const { asked, errors } = decodeAsked(body)
    const sent = hasErrors(errors) ? null : await kept(corrections.ask(municipality.id, login, asked))
    if (typeof sent === 'object' && sent !== null) {
      confirmAt(req, res, `${BASE}/rettifiche/${sent.id}`, { title: 'Hai inviato la richiesta' })
      return
    }
    res.status(422)
    await show(req, res, { body, errors, problem: sent })
  })

  router.get('/rettifiche/:id', async (req, res) => {
    const { municipality, login } = whose(req, res)
    const correction = await corrections.open(municipality.id, param(req, 'id'), login)
    res.render('pages/personal-data/correction', correctionPage(correction, await around(req, res)))
  })

  return router
}

/** The result; or for bad input the sentence that explains it, so that the page keeps what was typed. */
async function kept<T>(work: Promise<T>): Promise<T | string> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError && error.code === 'INVALID_INPUT') return error.explanation ?? 'Controlla i dati.'
    throw error
  }
}
