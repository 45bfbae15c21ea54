import { Router, type Request, type Response } from 'express'
import { sendDocument } from '../documents/index.ts'
import {
  citizenOf,
  signatureRoutes,
  type FilingService,
  type MarkedCopies,
  type SignatureVisit,
} from '../filings/index.ts'
import { firstIncomplete, stepToResume } from '../forms/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { csrfToken } from '../web/csrf.ts'
import { param, seeOther } from '../web/request.ts'
import { availableTransitions } from '../workflow/index.ts'
import { answerRoutes, type AnswerServices } from './answer-routes.ts'
import { confirmationPage, filingPage } from './filing-page-views.ts'

type Services = AnswerServices & {
  filings: FilingService
  copies: MarkedCopies
  catalogue: Catalogue
}

/** The filer's pages of a filing that was sent. */
export function filingRoutes(services: Services): Router {
  const router = Router()
  router.use(sentRoutes(services))
  router.use('/pratiche', signatureRoutes({ filings: services.filings, visitOf: signatureVisit }))
  router.use(answerRoutes(services))
  return router
}

/** The filer's way to the signatures of a document. */
const signatureVisit = async (req: Request, res: Response): Promise<SignatureVisit> => {
  const filing = `/pratiche/${param(req, 'id')}`
  return {
    municipality: municipalityOf(res).id,
    actor: citizenOf(citizenLogin(req)),
    filing,
    template: 'pages/personal-area/signatures',
    frame: {
      breadcrumb: [
        { text: 'Area personale', href: '/area-personale' },
        { text: 'Pratica', href: filing },
        { text: 'Firme' },
      ],
    },
    officer: false,
  }
}

function sentRoutes({ filings, copies, progress, catalogue }: Services): Router {
  const router = Router()

  router.get('/pratiche/:id', async (req, res) => {
    const login = citizenLogin(req)
    const municipality = municipalityOf(res)
    const filing = await filings.find(municipality.id, param(req, 'id'), citizenOf(login))
    if (filing.state === 'draft') {
      const { form } = await catalogue.version(municipality.id, filing.procedure.id, filing.procedure.version)
      const goOn = filing.reachedSummary ? firstIncomplete : stepToResume
      const step = filing.pending[0]?.step ?? goOn(form, filing.answers)
      seeOther(res, step ? `/pratiche/${filing.id}/modulo/${step}` : `/pratiche/${filing.id}/riepilogo`)
      return
    }
    const actor = citizenOf(login)
    const open = await progress.open(municipality.id, filing.id, actor)
    const steps = availableTransitions(open, open.actor)
    res.render('pages/personal-area/filing', filingPage(open, municipality, steps))
  })

  router.get('/pratiche/:id/documenti/:document/copia', async (req, res) => {
    const [id, document] = [param(req, 'id'), param(req, 'document')]
    const { file, stream } = await copies.open(municipalityOf(res), id, document, citizenOf(citizenLogin(req)))
    await sendDocument(res, file, stream)
  })

  router.get('/pratiche/:id/inviata', async (req, res) => {
    const login = citizenLogin(req)
    const municipality = municipalityOf(res)
    const open = await progress.open(municipality.id, param(req, 'id'), citizenOf(login))
    const services = await catalogue.all(municipality.id)
    const reader = { login, session: csrfToken(req) }
    res.render('pages/personal-area/confirmation', confirmationPage(open, { municipality, services, reader }))
  })

  router.get('/pratiche/:id/documenti/:document', async (req, res) => {
    const { file, stream } = await filings.openDocument(
      municipalityOf(res).id,
      param(req, 'id'),
      param(req, 'document'),
      citizenOf(citizenLogin(req)),
    )
    await sendDocument(res, file, stream)
  })

  return router
}
