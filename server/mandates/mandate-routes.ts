import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { loginOf, requireLogin, type Login } from '../identity/index.ts'
import { romeDate } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import { confirmAt } from '../web/confirmation.ts'
import { parkWithout, takeUnsent } from '../web/park.ts'
import { pageAsked, param } from '../web/request.ts'
import { textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import {
  filingsIn,
  frameOf,
  LEVEL,
  meantFilings,
  offeredFilings,
  sendPaper,
  whose,
  type MandateServices,
} from './mandate-access-routes.ts'
import { decodeMandate } from './mandate-form.ts'
import { BASE, mandatePage, newMandatePage } from './mandate-views.ts'
import { mandatesPage, PAGE_SIZE, PAGES } from './mandate-list-views.ts'
import type { PageAsked } from './mandate.ts'
import { paperRoutes } from './paper-routes.ts'
import { sideOf } from './representation-service.ts'
import { sideRoutes } from './side-routes.ts'

/** "Deleghe" in the personal area: what I gave, what I was given, with history; giving, showing, revoking. */
export function mandateRoutes(services: MandateServices): Router {
  const router = Router()
  router.use(parkWithout(loginOf), requireLogin(LEVEL))
  router.use(sideRoutes(services))
  router.use(newRoutes(services))
  router.use(paperRoutes(services))
  router.use(oneRoutes(services))
  return router
}

function newRoutes(services: MandateServices): Router {
  const { mandates, now } = services
  const router = Router()
  const keyIn = (body: FormBody): string => textIn(body, 'chiave') || mandates.newKey()

  router.get('/', async (req, res) => {
    const reader = whose(req, res)
    const { login, municipality } = reader
    const at = { key: sideOf(login), on: romeDate(now()), size: PAGE_SIZE }
    const pageOf = (side: PageAsked['side']) =>
      pageAsked(req, PAGE_SIZE, (page) => mandates.page(municipality.id, { ...at, side, page }), PAGES[side])
    const [given, received] = await Promise.all([pageOf('principalKey'), pageOf('proxyKey')])
    const shown = [...given.mandates, ...received.mandates]
    const frame = await frameOf(services, req, res, filingsIn(services, reader, shown))
    res.render('pages/mandates/mandates', mandatesPage({ given, received }, login, { ...frame, now: now() }))
  })

  type Shown = { body: FormBody; errors: FormErrors; problem?: string | undefined }
  async function show(req: Request, res: Response, { problem, ...sent }: Shown): Promise<void> {
    const giver = whose(req, res)
    const frame = await frameOf(services, req, res, offeredFilings(services, giver, sent.body))
    const today = romeDate(now())
    const page = newMandatePage({ ...frame, ...sent, today, key: keyIn(sent.body) }, giver.login.represents ?? null)
    res.render('pages/mandates/form', { ...page, problem })
  }

  router.get('/nuova', (req, res) => show(req, res, { body: takeUnsent(req, res) ?? {}, errors: {} }))

  router.post('/nuova', async (req, res) => {
    const giver = whose(req, res)
    const { login, municipality } = giver
    const body = (req.body ?? {}) as FormBody
    const { choices } = await frameOf(services, req, res, meantFilings(services, giver, body))
    // A mandate on line is between persons: a company's words on paper are for the paper form.
    const form = { ...body, chi: 'persona' }
    const { asked, errors } = decodeMandate(form, {
      choices,
      today: romeDate(now()),
      own: login.person.cf,
      principal: login.represents ? 'company' : 'person',
    })
    if (!asked) {
      res.status(422)
      await show(req, res, { body, errors })
      return
    }
    try {
      assertSameSide(login, textIn(body, 'inNomeDi'))
      const mandate = await mandates.give(municipality.id, login, { ...asked, key: keyIn(body) })
      confirmAt(req, res, `${BASE}/${mandate.id}`, {
        title: `Hai dato la delega a ${partyName(mandate.proxy)}`,
        text: ['Chi la riceve è avvisato. Puoi revocarla da qui in ogni momento.'],
      })
    } catch (error) {
      if (!(error instanceof AppError) || !login.represents) throw error
      // What the register says now: nothing of what was written is lost.
      res.status(error.status)
      await show(req, res, { body, errors: {}, problem: error.explanation })
    }
  })

  return router
}

/** The page said in whose name the mandate is; another page of the same browser may have changed that since. */
function assertSameSide({ represents }: Login, named: string): void {
  if (named === (represents?.cf ?? '')) return
  throw new AppError('CONFLICT', 'Another side was chosen meanwhile', {
    explanation:
      'Nel frattempo hai cambiato per chi agisci: riapri la pagina e controlla in nome di chi dai la delega.',
    back: BASE,
  })
}

function oneRoutes(services: MandateServices): Router {
  const { mandates, documents, now } = services
  const router = Router()

  router.get('/:id', async (req, res) => {
    const reader = whose(req, res)
    const { login, municipality } = reader
    const mandate = await mandates.open(municipality.id, param(req, 'id'), login)
    const frame = await frameOf(services, req, res, filingsIn(services, reader, [mandate]))
    const files = await documents.ofFiling(municipality.id, mandate.id)
    res.render('pages/mandates/mandate', mandatePage(mandate, sideOf(login), { ...frame, now: now(), files }))
  })

  router.post('/:id/revoca', async (req, res) => {
    const { login, municipality } = whose(req, res)
    await mandates.revoke(municipality.id, param(req, 'id'), login)
    confirmAt(req, res, `${BASE}/${param(req, 'id')}`, { title: 'La delega non vale più' })
  })

  router.get('/:id/documenti/:document', async (req, res) => {
    const { login, municipality } = whose(req, res)
    const { id } = await mandates.open(municipality.id, param(req, 'id'), login)
    await sendPaper(documents, req, res, { municipality: municipality.id, id })
  })

  return router
}
