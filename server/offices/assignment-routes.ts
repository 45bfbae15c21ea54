import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { assertMay, may, type Action, type OfficerActor, type Submitted } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeParked } from '../web/park.ts'
import { bodyText, param } from '../web/request.ts'
import type { Assignments } from './assignment-service.ts'
import type { Appointments } from './appointment-service.ts'
import { currentAppointments } from './appointment.ts'
import { deskVisit, type HouseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'

type Services = Readonly<{
  desks: DeskService
  assignments: Assignments
  appointments: Appointments
  now: () => Date
}>
type Visit = HouseVisit & Readonly<{ filing: Submitted }>

/** Abstaining from a filing, and giving it to another; mounted at the filing's page. */
export function assignmentRoutes({ desks, assignments, appointments, now }: Services): Router {
  const router = Router({ mergeParams: true })

  async function visit(req: Request, res: Response, action: Action): Promise<Visit> {
    const { municipality, desk } = await deskVisit(desks)(req, res)
    const filing = await assignments.find(municipality.id, param(req, 'id'))
    assertMay(filing, action, desk.actor)
    return { municipality, desk, filing }
  }

  /** Who may decide the filing today. */
  async function candidates({ municipality, filing }: Visit): Promise<OfficerActor[]> {
    const all = await appointments.all(municipality)
    return [...new Set(all.map(({ cf }) => cf))].flatMap((cf) => {
      const held = all.filter((one) => one.cf === cf)
      const name = held.map((one) => `${one.givenName} ${one.familyName}`).at(-1) ?? ''
      const known = { kind: 'officer', owner: cf, cf, name, family: [] } as const
      const officer = { ...known, appointments: currentAppointments(held, now()) }
      return may(filing, 'decide', officer) ? [officer] : []
    })
  }

  const showAbstain = (res: Response, at: Visit, shown: { text: string; errors: FormErrors }) =>
    res.render('pages/offices/abstain', {
      ...pageOf(at, 'Dichiara un conflitto di interessi', shown.errors),
      text: shown.text,
    })

  router.get('/astensione', async (req, res) => {
    const text = bodyText(takeParked(req), 'motivo')
    showAbstain(res, await visit(req, res, 'declare-conflict'), { text, errors: {} })
  })

  router.post('/astensione', async (req, res) => {
    const at = await visit(req, res, 'declare-conflict')
    const reason = bodyText(req.body, 'motivo')
    try {
      await assignments.abstain(at.municipality.id, at.filing.id, { actor: at.desk.actor, reason })
    } catch (error) {
      showAbstain(res, at, { text: reason, errors: { motivo: explained(res, error) } })
      return
    }
    confirmAt(req, res, pathTo(at), {
      title: 'Hai dichiarato il conflitto di interessi',
      text: ['Chi dirige l’ufficio può affidare la pratica a un’altra persona.'],
    })
  })

  async function showAssign(res: Response, at: Visit, errors: FormErrors): Promise<void> {
    const people = (await candidates(at)).map(({ cf, name }) => ({ value: cf, text: name }))
    res.render('pages/offices/assign', { ...pageOf(at, 'Assegna la pratica', errors), people })
  }

  router.get('/assegna', async (req, res) => showAssign(res, await visit(req, res, 'assign'), {}))

  router.post('/assegna', async (req, res) => {
    const at = await visit(req, res, 'assign')
    const to = (await candidates(at)).find(({ cf }) => cf === bodyText(req.body, 'persona'))
    if (!to) {
      res.status(422)
      await showAssign(res, at, { persona: 'Scegli una persona dell’ufficio che possa occuparsene.' })
      return
    }
    await assignments.assign(at.municipality.id, at.filing.id, { actor: at.desk.actor, to })
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
})

/** What to tell of bad input, with its status; anything else is thrown on. */
function explained(res: Response, error: unknown): string {
  if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
  res.status(error.status)
  return error.explanation ?? 'Controlla i dati.'
}
