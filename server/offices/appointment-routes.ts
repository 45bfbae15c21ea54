import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { requireOfficerLogin } from '../identity/index.ts'
import { romeDate, typedDate } from '../shared/dates.ts'
import { hasErrors } from '../shared/form-body.ts'
import { isCodiceFiscale, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeParked, takeUnsent } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import { assertMayEnd, type EndingForm, type GivingForm } from './appointing.ts'
import type { Appointing, Appointments } from './appointment-service.ts'
import { endingPage, givingPage, officerPage, officersPage } from './appointment-views.ts'
import type { HeldAppointment } from './appointment.ts'
import { houseVisit, type HouseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { authorFor, OFFICER_LEVEL } from './officer.ts'

type Services = Readonly<{ appointments: Appointments; desks: DeskService; now: () => Date }>

const BASE = '/ufficio/incarichi'

/** Who has which role: seen by those who watch, changed by the administrators. */
export function appointmentRoutes(services: Services): Router {
  const router = Router()
  router.use(requireOfficerLogin(OFFICER_LEVEL))
  router.use(listRoutes(services))
  router.use(givingRoutes(services))
  router.use('/:officer', officerRoutes(services))
  return router
}

function listRoutes(services: Services): Router {
  const { appointments, now } = services
  const visit = houseVisit(services.desks, 'read-appointments')
  const router = Router()

  router.get('/', async (req, res) => {
    const at = await visit(req, res)
    res.render('pages/offices/officers', officersPage(at, await appointments.all(at.municipality), now()))
  })

  // By POST: a tax code has no place in an address, which browsers and logs keep.
  router.post('/cerca', async (req, res) => find(req, res, req.body))
  router.get('/cerca', async (req, res) => {
    const parked = takeParked(req)
    if (parked) await find(req, res, parked)
    else seeOther(res, BASE)
  })

  async function find(req: Request, res: Response, body: unknown): Promise<void> {
    const at = await visit(req, res)
    const cf = normaliseCodiceFiscale(bodyText(body, 'cf'))
    const all = await appointments.all(at.municipality)
    const [found] = all.filter((one) => one.cf === cf)
    if (found) {
      seeOther(res, `${BASE}/${found.id}`)
      return
    }
    res.status(isCodiceFiscale(cf) ? 200 : 422)
    res.render('pages/offices/officers', officersPage(at, all, now(), { cf, valid: isCodiceFiscale(cf) }))
  }

  return router
}

function givingRoutes(services: Services): Router {
  const { appointments, now } = services
  const visit = houseVisit(services.desks, 'appoint')
  const router = Router()

  router.get('/nuovo', async (req, res) => {
    const at = await visit(req, res)
    const asked = typeof req.query['persona'] === 'string' ? req.query['persona'] : ''
    const held = asked === '' ? [] : await heldByOfficer(appointments, at, asked)
    const [known] = held
    const person = known ? { cf: known.cf, nome: known.givenName, cognome: known.familyName } : {}
    const typed = takeUnsent(req, res) ?? { ...person, dal: romeDate(now()) }
    res.render('pages/offices/appointment-give', givingPage(at, givingForm(typed), {}))
  })

  router.post('/nuovo', async (req, res) => {
    const at = await visit(req, res)
    const form = givingForm(req.body)
    const errors = await appointments.give(at.municipality, form, appointingOf(at))
    if (hasErrors(errors)) {
      res.status(422).render('pages/offices/appointment-give', givingPage(at, form, errors))
      return
    }
    const [person] = await appointments.ofPerson(at.municipality, form.cf)
    confirmAt(req, res, `${BASE}/${person?.id ?? ''}`, { title: 'Hai dato l’incarico' })
  })

  return router
}

function officerRoutes(services: Services): Router {
  const { appointments, now } = services
  const visit = houseVisit(services.desks, 'appoint')
  const router = Router({ mergeParams: true })

  router.get('/', async (req, res) => {
    const at = await houseVisit(services.desks, 'read-appointments')(req, res)
    const held = await heldByOfficer(appointments, at, param(req, 'officer'))
    res.render('pages/offices/officer', officerPage(at, held, now()))
  })

  /** The form answers as its sending does: what cannot be ended has none. */
  async function ending(req: Request, res: Response): Promise<HouseVisit & { one: HeldAppointment }> {
    const at = await visit(req, res)
    const held = await heldByOfficer(appointments, at, param(req, 'officer'))
    const one = held.find(({ id }) => id === param(req, 'appointment'))
    if (!one) throw new AppError('NOT_FOUND', 'No such appointment')
    assertMayEnd(at.desk.actor, one, { all: await appointments.all(at.municipality), now: now() })
    return { ...at, one }
  }

  router.get('/termina/:appointment', async (req, res) => {
    const { one, ...at } = await ending(req, res)
    res.render('pages/offices/appointment-end', endingPage(at, one, endingForm(takeUnsent(req, res)), {}))
  })

  router.post('/termina/:appointment', async (req, res) => {
    const { one, ...at } = await ending(req, res)
    const form = endingForm(req.body)
    const errors = await appointments.end(at.municipality, one.id, { form, by: appointingOf(at) })
    if (hasErrors(errors)) {
      res.status(422).render('pages/offices/appointment-end', endingPage(at, one, form, errors))
      return
    }
    confirmAt(req, res, `${BASE}/${param(req, 'officer')}`, { title: 'Hai terminato l’incarico' })
  })

  return router
}

/** All that the person was given whose page this is; a page is named by the first thing they were given. */
async function heldByOfficer(
  appointments: Appointments,
  { municipality }: HouseVisit,
  id: string,
): Promise<HeldAppointment[]> {
  const all = await appointments.all(municipality)
  const named = all.find((one) => one.id === id)
  if (!named) throw new AppError('NOT_FOUND', 'No such officer')
  return all.filter(({ cf }) => cf === named.cf)
}

const appointingOf = ({ desk: { actor } }: HouseVisit): Appointing => ({
  author: authorFor(actor, 'appoint'),
  appointments: actor.appointments,
})

function givingForm(body: unknown): GivingForm {
  const read = (name: keyof GivingForm): string => bodyText(body, name).slice(0, 2000)
  return {
    cf: normaliseCodiceFiscale(read('cf')),
    nome: read('nome'),
    cognome: read('cognome'),
    ruolo: read('ruolo'),
    ufficio: read('ufficio'),
    motivo: bodyText(body, 'motivo'),
    dal: typedDate(read('dal')),
    al: typedDate(read('al')),
  }
}

const endingForm = (body: unknown): EndingForm => ({
  ultimo: typedDate(bodyText(body, 'ultimo')),
  motivo: bodyText(body, 'motivo'),
})
