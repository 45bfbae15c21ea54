import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { sendDocument } from '../documents/index.ts'
import { stepPageOf, transitionFor, type FilingService } from '../filings/index.ts'
import { loginOf, requireLogin, type Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { romeDate } from '../shared/dates.ts'
import { parkWithout, takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import type { DeskService } from './desk-service.ts'
import { casePage, deskFrame, LISTS, workListPage } from './desk-views.ts'
import { OFFICER_LEVEL } from './officer.ts'

type Services = { desks: DeskService; filings: FilingService; now: () => Date }

/** The officer's working day: the list, the filing, the step. Who is no officer finds no such pages. */
export function deskRoutes({ desks, filings, now }: Services): Router {
  const router = Router()
  router.use(parkWithout(loginOf), requireLogin(OFFICER_LEVEL))

  router.get('/', async (req, res) => {
    const municipality = municipalityOf(res)
    const desk = await desks.desk(municipality.id, login(req))
    if (desk.offices.length === 0) {
      seeOther(res, '/ufficio/protocollo')
      return
    }
    const asked = typeof req.query['elenco'] === 'string' ? req.query['elenco'] : ''
    const list = asked in LISTS ? asked : 'da-prendere'
    const mine = req.query['mie'] === '1'
    const page = Math.max(1, Math.trunc(Number(req.query['pagina'] ?? 1)) || 1)
    const states = LISTS[list]?.states
    const { filings: found, total } = await desks.workList(municipality.id, desk, {
      ...(states ? { states } : {}),
      mine,
      page,
    })
    res.render(
      'pages/offices/work-list',
      workListPage(municipality, desk, { list, mine, page, filings: found, total, today: romeDate(now()) }),
    )
  })

  router.get('/pratiche/:id', async (req, res) => {
    const municipality = municipalityOf(res)
    const desk = await desks.desk(municipality.id, login(req))
    const open = await desks.open(municipality.id, param(req, 'id'), desk)
    res.render('pages/offices/case', casePage(municipality, desk, open, now()))
  })

  router.get('/pratiche/:id/documenti/:document', async (req, res) => {
    const municipality = municipalityOf(res)
    const desk = await desks.desk(municipality.id, login(req))
    const reader = { owner: desk.actor.owner, offices: desk.offices }
    const { file, stream } = await filings.openDocument(
      municipality.id,
      param(req, 'id'),
      param(req, 'document'),
      reader,
    )
    await sendDocument(res, file, stream)
  })

  router.get('/pratiche/:id/passo/:step', async (req, res) => {
    const { testo = '', giorni } = takeParked(req) ?? {}
    await showStep(req, res, { error: null, text: String(testo), ...(giorni ? { days: String(giorni) } : {}) })
  })

  router.post('/pratiche/:id/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const desk = await desks.desk(municipality.id, login(req))
    const id = param(req, 'id')
    const text = field(req, 'testo').trim()
    const days = field(req, 'giorni').trim()
    try {
      await desks.advance(municipality, id, param(req, 'step'), {
        desk,
        content: { reasons: text, days: days === '' ? null : Number(days), files: [] },
      })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      res.status(error.status)
      await showStep(req, res, { error: error.explanation ?? 'Controlla i dati.', text, days })
      return
    }
    seeOther(res, `/ufficio/pratiche/${id}`)
  })

  async function showStep(
    req: Request,
    res: Response,
    shown: { error: string | null; text: string; days?: string },
  ): Promise<void> {
    const municipality = municipalityOf(res)
    const desk = await desks.desk(municipality.id, login(req))
    const open = await desks.open(municipality.id, param(req, 'id'), desk)
    const transition = transitionFor(open, param(req, 'step'), desk.actor)
    res.render('pages/offices/step', {
      ...deskFrame(municipality, desk, ''),
      ...stepPageOf(open, transition, { base: '/ufficio/pratiche', ...shown }),
    })
  }

  return router
}

const municipalityOf = (res: Response): Municipality => res.locals['municipality'] as Municipality

function login(req: Request): Login {
  const current = loginOf(req)
  if (!current) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
  return current
}

const field = (req: Request, name: string): string => {
  const value = (req.body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}
