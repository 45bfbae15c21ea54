import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { assertMay, type Action, type OfficerActor, type Submitted } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param } from '../web/request.ts'
import { placeOf, type Assignments } from './assignment-service.ts'
import type { Appointments } from './appointment-service.ts'
import { deskVisit, type HouseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { officersIn } from './officer.ts'

type Services = Readonly<{
  desks: DeskService
  assignments: Assignments
  appointments: Appointments
  now: () => Date
}>
type Candidate = Readonly<{ officer: OfficerActor; isNamed: boolean }>
type Assigning = Readonly<{ chosen: string; text: string; errors: FormErrors; found: readonly Candidate[] }>
type Visit = HouseVisit & Readonly<{ filing: Submitted }>

/** Abstaining from a filing, and giving it to another; mounted at the filing's page. */
export function assignmentRoutes(services: Services): Router {
  const router = Router({ mergeParams: true })
  router.use('/astensione', abstentionRoutes(services))
  router.use('/assegna', assigningRoutes(services))
  return router
}

const visitOf =
  ({ desks, assignments }: Services) =>
  async (req: Request, res: Response, action: Action): Promise<Visit> => {
    const { municipality, desk } = await deskVisit(desks)(req, res)
    const filing = await assignments.find(municipality.id, param(req, 'id'))
    assertMay(filing, action, desk.actor)
    return { municipality, desk, filing }
  }

function abstentionRoutes(services: Services): Router {
  const router = Router({ mergeParams: true })
  const visit = visitOf(services)

  const showAbstain = (res: Response, at: Visit, shown: { text: string; errors: FormErrors }) =>
    res.render('pages/offices/abstain', {
      ...pageOf(at, 'Dichiara un conflitto di interessi', shown.errors),
      text: shown.text,
    })

  router.get('/', async (req, res) => {
    const text = bodyText(takeUnsent(req, res), 'motivo')
    showAbstain(res, await visit(req, res, 'declare-conflict'), { text, errors: {} })
  })

  router.post('/', async (req, res) => {
    const at = await visit(req, res, 'declare-conflict')
    const reason = bodyText(req.body, 'motivo')
    try {
      await services.assignments.abstain(at.municipality.id, at.filing.id, { actor: at.desk.actor, reason })
    } catch (error) {
      showAbstain(res, at, { text: reason, errors: { motivo: explained(res, error) } })
      return
    }
    confirmAt(req, res, pathTo(at), {
      title: 'Hai dichiarato il conflitto di interessi',
      text: ['Chi dirige l’ufficio può affidare la pratica a un’altra persona.'],
    })
  })

  return router
}

function assigningRoutes(services: Services): Router {
  const { assignments, appointments, now } = services
  const router = Router({ mergeParams: true })
  const visit = visitOf(services)

  /** To whom the filing can be given today. */
  async function candidates({ municipality, filing }: Visit): Promise<Candidate[]> {
    return officersIn(await appointments.all(municipality), now()).flatMap((officer) => {
      const place = placeOf(filing, officer)
      return place ? [{ officer, isNamed: place === 'named' }] : []
    })
  }

  const showAssign = (res: Response, at: Visit, { chosen, text, errors, found }: Assigning) =>
    res.render('pages/offices/assign', {
      ...pageOf(at, 'Assegna la pratica', errors),
      people: found.map(({ officer: { cf, name }, isNamed }) => ({
        value: cf,
        text: isNamed ? `${name} (c’è il suo codice fiscale nelle risposte)` : name,
        selected: cf === chosen,
      })),
      anyNamed: found.some(({ isNamed }) => isNamed),
      text,
    })

  const written = (body: unknown) => ({ chosen: bodyText(body, 'persona'), text: bodyText(body, 'motivo') })

  router.get('/', async (req, res) => {
    const at = await visit(req, res, 'assign')
    showAssign(res, at, { ...written(takeUnsent(req, res)), errors: {}, found: await candidates(at) })
  })

  router.post('/', async (req, res) => {
    const at = await visit(req, res, 'assign')
    const found = await candidates(at)
    const { chosen, text } = written(req.body)
    const to = found.find(({ officer }) => officer.cf === chosen)?.officer
    if (!to) {
      const persona = 'Scegli una persona dell’ufficio che possa occuparsene.'
      res.status(422)
      showAssign(res, at, { chosen, text, errors: { persona }, found })
      return
    }
    try {
      await assignments.assign(at.municipality.id, at.filing.id, { actor: at.desk.actor, to, reason: text })
    } catch (error) {
      const field = error instanceof AppError && error.details['field'] === 'motivo' ? 'motivo' : 'persona'
      showAssign(res, at, { chosen, text, errors: { [field]: explained(res, error) }, found })
      return
    }
    const number = formatProtocol(at.filing.protocol)
    confirmAt(req, res, pathTo(at), { title: `Hai assegnato la pratica n. ${number} a ${to.name}` })
  })

  return router
}

const pathTo = ({ filing }: Pick<Visit, 'filing'>): string => `/ufficio/pratiche/${filing.id}`

const pageOf = ({ municipality, desk, filing }: Visit, heading: string, errors: FormErrors) => ({
  ...deskFrame(municipality, desk, ''),
  title: hasErrors(errors) ? `Errore: ${heading}` : heading,
  heading,
  ...shownErrors(errors),
  back: { href: pathTo({ filing }), text: 'Torna alla pratica' },
  subject: `${filing.procedure.title}, protocollo n. ${formatProtocol(filing.protocol)}`,
  assignedTo: filing.assignedTo?.name ?? null,
  abstentions: (filing.abstentions ?? []).map(({ name, at, reason }) => ({ name, date: formatDateTime(at), reason })),
  clearances: (filing.clearances ?? []).map(({ name, at, reason, by }) => ({
    name,
    date: formatDateTime(at),
    reason,
    by,
  })),
})

/** What to tell of bad input, with its status; anything else is thrown on. */
function explained(res: Response, error: unknown): string {
  if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
  res.status(error.status)
  return error.explanation ?? 'Controlla i dati.'
}
