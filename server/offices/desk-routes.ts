import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { sendBundle, type Bundles } from '../bundles/index.ts'
import { isUnscanned, sendDocument } from '../documents/index.ts'
import {
  signatureRoutes,
  type FilingService,
  type MarkedCopies,
  type OfficerActor,
  type SignatureVisit,
} from '../filings/index.ts'
import type { Consultation } from '../history/index.ts'
import { requireOfficerLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, pageNumber, param, pathOf } from '../web/request.ts'
import { isUnseen, seenOn, stepPageOf, transitionFor } from '../workflow/index.ts'
import { afterStep, isOffTheDesk } from './after-step-views.ts'
import { deskVisit, officerNow, type HouseVisit } from './desk-access-routes.ts'
import type { Consultations } from './consultation-service.ts'
import type { DeskService } from './desk-service.ts'
import { casePage, deskFrame, unscannedPage } from './desk-views.ts'
import { listRoutes, type ListServices } from './list-routes.ts'
import { OFFICER_LEVEL } from './officer.ts'

type Services = ListServices & {
  consultations: Consultations
  filings: FilingService
  bundles: Bundles
  copies: MarkedCopies
}

/** The officer's working day: the list, the filing, the step. Who is no officer finds no such pages. */
export function deskRoutes(services: Services): Router {
  const router = Router()
  router.use(requireOfficerLogin(OFFICER_LEVEL))
  router.use(listRoutes(services))
  router.use('/pratiche', signatureRoutes({ filings: services.filings, visitOf: signatureVisit(services) }))
  router.use('/pratiche/:id', caseRoutes(services))
  return router
}

/** The officer's way to the signatures of a document. */
const signatureVisit =
  (services: Services) =>
  async (req: Request, res: Response): Promise<SignatureVisit> => {
    const { municipality, desk } = await lookAt(services, req, res, 'signatures')
    return {
      municipality: municipality.id,
      actor: desk.actor,
      filing: `/ufficio/pratiche/${param(req, 'id')}`,
      template: 'pages/offices/signatures',
      frame: deskFrame(municipality, desk, ''),
      officer: true,
    }
  }

function caseRoutes(services: Services): Router {
  const { desks, consultations, filings, bundles, copies, now } = services
  const router = Router({ mergeParams: true })

  router.get('/', async (req, res) => {
    const { municipality, desk } = await deskVisit(desks)(req, res)
    const open = await desks.open(municipality.id, param(req, 'id'), desk)
    await look(consultations, req, { municipality, desk, what: 'filing' })
    res.render('pages/offices/case', casePage(municipality, desk, open, { now: now(), ...placeIn(req) }))
  })

  router.get('/documenti/:document', async (req, res) => {
    const { municipality, desk } = await lookAt(services, req, res, 'document')
    const [id, document] = [param(req, 'id'), param(req, 'document')]
    const { file, stream } = await filings.openDocument(municipality.id, id, document, desk.actor)
    // What no scanner has seen yet is not opened by a mere click on its name.
    if (isUnscanned(file) && req.query['consapevole'] !== '1')
      res.render('pages/offices/unscanned', { ...deskFrame(municipality, desk, ''), ...unscannedPage(id, file) })
    else await sendDocument(res, file, stream)
  })

  router.get('/documenti/:document/copia', async (req, res) => {
    const { municipality, desk } = await lookAt(services, req, res, 'document')
    const [id, document] = [param(req, 'id'), param(req, 'document')]
    const { file, stream } = await copies.open(municipality, id, document, desk.actor)
    await sendDocument(res, file, stream)
  })

  router.get('/fascicolo.zip', async (req, res) => {
    const { municipality, desk } = await lookAt(services, req, res, 'bundle')
    await sendBundle(res, await bundles.open(municipality, param(req, 'id'), desk.actor), desk.actor.owner)
  })

  router.get('/passo/:step', async (req, res) => {
    const parked = takeUnsent(req, res)
    await showStep(services, req, res, {
      error: null,
      text: bodyText(parked, 'testo'),
      days: bodyText(parked, 'giorni'),
      seen: seenOn(parked) ?? seenOn(req.query),
    })
  })

  router.post('/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const id = param(req, 'id')
    const [text, days] = [bodyText(req.body, 'testo'), bodyText(req.body, 'giorni')]
    const content = { reasons: text, days: days === '' ? null : Number(days), files: [] }
    const [actorNow, seen] = [officerNow(desks, req, res), seenOn(req.body)]
    try {
      if (bodyText(req.body, 'azione') === 'anteprima') {
        const { desk } = await lookAt(services, req, res, 'document')
        const letter = await desks.preview(municipality, id, param(req, 'step'), { actor: desk.actor, content })
        res.set(attachmentHeaders('bozza.pdf', 'application/pdf')).send(Buffer.from(letter))
        return
      }
      await desks.advance(municipality, id, param(req, 'step'), { actorNow, content, seen })
    } catch (error) {
      if (!(error instanceof AppError) || !(error.code === 'INVALID_INPUT' || isUnseen(error))) throw error
      res.status(error.status)
      await showStep(services, req, res, { error: isUnseen(error) ? null : error, text, days, seen })
      return
    }
    await confirmStep(desks, req, res, await actorNow())
  })

  return router
}

/** What an address says of where the filing was opened from. */
const placeIn = (req: Request) => ({ query: req.query, page: pageNumber(req) })

/** Leads back to the filing, which says what was done and where its officer goes on. */
async function confirmStep(desks: DeskService, req: Request, res: Response, actor: OfficerActor): Promise<void> {
  const [municipality, id] = [municipalityOf(res), param(req, 'id')]
  const done = await desks.open(municipality.id, id, { actor })
  const next = isOffTheDesk(done.filing) ? await desks.next(municipality, actor, id) : undefined
  confirmAt(req, res, `/ufficio/pratiche/${id}`, afterStep(done, next))
}

type Look = HouseVisit & Readonly<{ what: Consultation['what'] }>

/** The officer who looks at a part of the filing that the address names, once it is written down that they do. */
async function lookAt(services: Services, req: Request, res: Response, what: Look['what']): Promise<HouseVisit> {
  const visit = await deskVisit(services.desks)(req, res)
  await look(services.consultations, req, { ...visit, what })
  return visit
}

/** Writes down that the officer looks, before anything is shown. */
const look = (consultations: Consultations, req: Request, { municipality, desk, what }: Look): Promise<void> =>
  consultations.ofFiling(municipality.id, param(req, 'id'), { actor: desk.actor, what, page: pathOf(req) })

type Shown = { error: AppError | null; text: string; days: string; seen: number | null }

async function showStep(services: Services, req: Request, res: Response, { days, ...shown }: Shown): Promise<void> {
  const { desks, consultations } = services
  const { municipality, desk } = await deskVisit(desks)(req, res)
  const open = await desks.open(municipality.id, param(req, 'id'), desk)
  const transition = transitionFor(open, param(req, 'step'), desk.actor)
  await look(consultations, req, { municipality, desk, what: 'filing' })
  res.render('pages/offices/step', {
    ...deskFrame(municipality, desk, ''),
    ...stepPageOf(open, transition, { base: '/ufficio/pratiche', ...shown, ...(days === '' ? {} : { days }) }),
  })
}
