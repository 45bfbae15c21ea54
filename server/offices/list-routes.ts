import { Router, type Request, type Response } from 'express'
import { may, type OfficerActor, type Submitted } from '../filings/index.ts'
import { romeDate } from '../shared/dates.ts'
import { hasErrors, type FormErrors } from '../shared/form-body.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyChoices, bodyText, pageAsked, seeOther } from '../web/request.ts'
import type { Appointments } from './appointment-service.ts'
import { placeOf, whyToAssign } from './assignment-service.ts'
import type { Batches } from './batch-service.ts'
import { assignedTo, batchTold, NOBODY_CHOSEN, NONE_CHOSEN, TAKEN } from './batch-views.ts'
import { deskVisit, officerNow, type HouseVisit } from './desk-access-routes.ts'
import { PAGE_SIZE } from './desk-list-service.ts'
import { searchRoutes } from './desk-search-routes.ts'
import type { DeskService } from './desk-service.ts'
import { isList, listHref, LISTS, type ListId } from './desk-list.ts'
import { deskFrame, GIVEN_UP, workListPage } from './desk-views.ts'
import { officersIn } from './officer.ts'

export type ListServices = Readonly<{
  desks: DeskService
  batches: Batches
  appointments: Pick<Appointments, 'all'>
  now: () => Date
}>

/** The lists of filings, what is done with several of one, and the search. */
export function listRoutes(services: ListServices): Router {
  const router = Router()
  router.get('/', async (req, res) => showList(services, req, res))
  router.post('/', async (req, res) => doWithChosen(services, req, res))

  router.use('/cerca', searchRoutes(services))
  return router
}

/** What was sent with a list, as it was; nothing when it is only looked at. */
type Sent = Readonly<{ body: unknown; errors: FormErrors }>

async function showList(services: ListServices, req: Request, res: Response, sent?: Sent): Promise<void> {
  const { desks, now } = services
  const { municipality, desk } = await deskVisit(desks)(req, res)
  const [first] = deskFrame(municipality, desk, '').nav
  if (desk.offices.length === 0 && first) {
    // Whoever has no filings to work on begins with the pages of the house: first with what was given up in it.
    seeOther(res, desk.givenUp > 0 ? GIVEN_UP : first.href)
    return
  }
  const { list, mine } = listIn(req)
  const { states, order } = LISTS[list]
  const found = await pageAsked(req, PAGE_SIZE, (page) =>
    desks.workList(municipality.id, desk, { states, order, mine, page }),
  )
  const today = romeDate(now())
  const besides = await desks.besides(found.filings, desk.actor)
  const choice = await choiceIn(services, { municipality, desk }, found.filings)
  const body = sent?.body ?? takeUnsent(req, res)
  const typed = { ticked: bodyChoices(body, 'scelte'), person: bodyText(body, 'persona'), errors: sent?.errors ?? {} }
  const shown = { list, mine, today, ...besides, choice, ...typed, ...found }
  res.render('pages/offices/work-list', workListPage(municipality, desk, shown))
}

/** What this officer may do with several filings of a list, and with which of them. */
async function choiceIn(
  { batches, appointments, now }: ListServices,
  { municipality, desk: { actor } }: HouseVisit,
  filings: readonly Submitted[],
) {
  const takeable = await batches.takeable(filings, actor)
  const mayAssign = filings.filter((filing) => may(filing, 'assign', actor))
  const officers = mayAssign.length === 0 ? [] : officersIn(await appointments.all(municipality), now())
  const isFree = (filing: Submitted) => (officer: OfficerActor) => placeOf(filing, officer) === 'free'
  const assignable = mayAssign.filter((filing) => officers.some(isFree(filing)))
  return {
    take: takeable.length > 0,
    people: officers.filter((officer) => assignable.some((filing) => isFree(filing)(officer))),
    toAssign: new Map(mayAssign.map((filing) => [filing.id, whyToAssign(filing, officers)])),
    ids: new Set<string>([...takeable, ...assignable].map(({ id }) => id)),
  }
}

/** Takes what was chosen in charge, or gives it to one officer, and says at the list what came of each. */
async function doWithChosen(services: ListServices, req: Request, res: Response): Promise<void> {
  const { desks, batches, appointments, now } = services
  const { municipality } = await deskVisit(desks)(req, res)
  // No list offers more at once.
  const ids = bodyChoices(req.body, 'scelte').slice(0, PAGE_SIZE)
  const giving = bodyText(req.body, 'azione') === 'assegna'
  const cf = bodyText(req.body, 'persona')
  const to = giving ? officersIn(await appointments.all(municipality), now()).find((one) => one.cf === cf) : undefined
  const errors = { ...(ids.length === 0 && { scelte: NONE_CHOSEN }), ...(giving && !to && { persona: NOBODY_CHOSEN }) }
  if (hasErrors(errors)) {
    res.status(422)
    await showList(services, req, res, { body: req.body, errors })
    return
  }
  const chosen = { municipality, ids, actorNow: officerNow(desks, req, res) }
  const told = to
    ? batchTold(assignedTo(to.name), await batches.assignAll(chosen, to))
    : batchTold(TAKEN, await batches.takeAll(chosen))
  confirmAt(req, res, listHref(listIn(req)), told)
}

/** The list that is asked for, without its page. */
function listIn({ query }: Request): { list: ListId; mine: boolean } {
  const asked = typeof query['elenco'] === 'string' ? query['elenco'] : ''
  return { list: isList(asked) ? asked : 'da-prendere', mine: query['mie'] === '1' }
}
