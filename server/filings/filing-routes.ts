import { Router, type Request, type Response } from 'express'
import { sendDocument } from '../documents/index.ts'
import { firstIncomplete } from '../forms/index.ts'
import { citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { pageNumber, param, seeOther } from '../web/request.ts'
import { answerRoutes, type AnswerServices } from './answer-routes.ts'
import { areaFilings } from './area-list-views.ts'
import { areaHome } from './area-views.ts'
import type { CosigningService } from './cosigning-service.ts'
import { citizenOf } from './facts.ts'
import { confirmationPage, filingPage } from './filing-page-views.ts'
import type { FilingService } from './filing-service.ts'
import { signatureRoutes, type SignatureVisit } from './signature-routes.ts'
import type { MarkedCopies } from './marked-copy-service.ts'
import { availableTransitions } from './workflow.ts'

export type FilingServices = AnswerServices & {
  filings: FilingService
  copies: MarkedCopies
  catalogue: Catalogue
  cosigning: CosigningService
  /** How many messages the person has not read. Handed in, because messages are the matter of a later room. */
  unread: (municipality: string, login: Login) => Promise<number>
}

/** The personal area and the filer's pages of a filing that was sent. */
export function filingRoutes(services: FilingServices): Router {
  const router = Router()
  router.use(areaRoutes(services))
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
    template: 'pages/filings/signatures',
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

function areaRoutes({ filings, cosigning, unread }: FilingServices): Router {
  const router = Router()

  router.get('/area-personale', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const [own, count, asked] = await Promise.all([
      filings.ofSide(id, login),
      unread(id, login),
      cosigning.ofPerson(id, login),
    ])
    const toSign = asked.filter(({ standing }) => standing === 'open').length
    res.render('pages/filings/area', areaHome(own, { givenName: login.person.givenName, unread: count, toSign }))
  })

  router.get('/area-personale/pratiche', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const [own, count] = await Promise.all([filings.ofSide(id, login), unread(id, login)])
    const asked = (name: string): string => (typeof req.query[name] === 'string' ? req.query[name] : '')
    const query = { filter: asked('stato'), number: asked('numero'), page: pageNumber(req) }
    res.render('pages/filings/area-filings', areaFilings(own, query, count))
  })

  return router
}

function sentRoutes({ filings, copies, progress, catalogue }: FilingServices): Router {
  const router = Router()

  router.get('/pratiche/:id', async (req, res) => {
    const login = citizenLogin(req)
    const municipality = municipalityOf(res)
    const filing = await filings.find(municipality.id, param(req, 'id'), citizenOf(login))
    if (filing.state === 'draft') {
      const { form } = await catalogue.version(municipality.id, filing.procedure.id, filing.procedure.version)
      const step = filing.pending[0]?.step ?? firstIncomplete(form, filing.answers)
      seeOther(res, step ? `/pratiche/${filing.id}/modulo/${step}` : `/pratiche/${filing.id}/riepilogo`)
      return
    }
    const actor = citizenOf(login)
    const open = await progress.open(municipality.id, filing.id, actor)
    const steps = availableTransitions(open, open.actor)
    res.render('pages/filings/filing', filingPage(open, municipality, steps))
  })

  router.get('/pratiche/:id/documenti/:document/copia', async (req, res) => {
    const [id, document] = [param(req, 'id'), param(req, 'document')]
    const { file, stream } = await copies.open(municipalityOf(res), id, document, citizenOf(citizenLogin(req)))
    await sendDocument(res, file, stream)
  })

  router.get('/pratiche/:id/inviata', async (req, res) => {
    const login = citizenLogin(req)
    const municipality = municipalityOf(res)
    const filing = await filings.submitted(municipality.id, param(req, 'id'), citizenOf(login))
    const procedure = await catalogue.version(municipality.id, filing.procedure.id, filing.procedure.version)
    res.render(
      'pages/filings/confirmation',
      confirmationPage(filing, {
        municipality,
        silence: procedure.term.silence,
        email: login.person.email ?? null,
      }),
    )
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
