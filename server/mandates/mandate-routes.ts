import { Router, type Request, type Response } from 'express'
import { loginOf, requireLogin } from '../identity/index.ts'
import { romeDate } from '../shared/dates.ts'
import { parkWithout, takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import { frameOf, LEVEL, sendPaper, whose, type MandateServices } from './mandate-access-routes.ts'
import { decodeMandate, type Body, type Errors } from './mandate-form.ts'
import { BASE, mandatePage, mandatesPage, newMandatePage } from './mandate-views.ts'
import { paperRoutes } from './paper-routes.ts'

/** "Deleghe" in the personal area: what I gave, what I was given, with history; giving, showing, revoking. */
export function mandateRoutes(services: MandateServices): Router {
  const router = Router()
  router.use(parkWithout(loginOf), requireLogin(LEVEL))
  router.use(newRoutes(services))
  router.use(paperRoutes(services))
  router.use(oneRoutes(services))
  return router
}

function newRoutes(services: MandateServices): Router {
  const { mandates, now } = services
  const router = Router()

  router.get('/', async (req, res) => {
    const { login, municipality } = whose(req, res)
    const frame = { ...(await frameOf(services, req, res)), now: now() }
    res.render(
      'pages/mandates/mandates',
      mandatesPage(await mandates.ofPerson(municipality.id, login), login.person.key, frame),
    )
  })

  async function show(req: Request, res: Response, { body, errors }: { body: Body; errors: Errors }): Promise<void> {
    const frame = await frameOf(services, req, res)
    res.render('pages/mandates/form', newMandatePage({ ...frame, body, errors, today: romeDate(now()) }))
  }

  router.get('/nuova', (req, res) => show(req, res, { body: takeParked(req) ?? {}, errors: {} }))

  router.post('/nuova', async (req, res) => {
    const { login, municipality } = whose(req, res)
    const body = (req.body ?? {}) as Body
    const { choices } = await frameOf(services, req, res)
    // A mandate on line is between persons: a company's words on paper are for the paper form.
    const form = { ...body, chi: 'persona' }
    const { asked, errors } = decodeMandate(form, { choices, today: romeDate(now()), own: login.person.cf })
    if (!asked) {
      res.status(422)
      await show(req, res, { body, errors })
      return
    }
    const mandate = await mandates.give(municipality.id, login, asked)
    seeOther(res, `${BASE}/${mandate.id}`)
  })

  return router
}

function oneRoutes(services: MandateServices): Router {
  const { mandates, documents, now } = services
  const router = Router()

  router.get('/:id', async (req, res) => {
    const { login, municipality } = whose(req, res)
    const mandate = await mandates.open(municipality.id, param(req, 'id'), login)
    const frame = { ...(await frameOf(services, req, res)), now: now() }
    const files = await documents.ofFiling(municipality.id, mandate.id)
    res.render('pages/mandates/mandate', mandatePage(mandate, login.person.key, { ...frame, files }))
  })

  router.post('/:id/revoca', async (req, res) => {
    const { login, municipality } = whose(req, res)
    await mandates.revoke(municipality.id, param(req, 'id'), login)
    seeOther(res, `${BASE}/${param(req, 'id')}`)
  })

  router.get('/:id/documenti/:document', async (req, res) => {
    const { login, municipality } = whose(req, res)
    const { id } = await mandates.open(municipality.id, param(req, 'id'), login)
    await sendPaper(documents, req, res, { municipality: municipality.id, id })
  })

  return router
}
