import { Router } from 'express'
import type { CosigningService } from '../cosigning/index.ts'
import type { FilingService, Listed } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import { citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { Catalogue, ServiceState } from '../procedures/index.ts'
import { romeDate } from '../shared/dates.ts'
import { pageNumber } from '../web/request.ts'
import { answerDays } from '../workflow/index.ts'
import { areaFilings, rowsFor, wantedIn } from './area-list-views.ts'
import { areaHome, FIRST } from './area-views.ts'

type Services = {
  filings: FilingService
  cosigning: CosigningService
  catalogue: Pick<Catalogue, 'state'>
  history: Pick<History, 'of'>
  /** How many messages the person has not read. Handed in, because messages are the matter of a later room. */
  unread: (municipality: string, login: Login) => Promise<number>
  now: () => Date
}

/** First page of the personal area, and the list of all filings. */
export function areaRoutes({ filings, cosigning, catalogue, history, unread, now }: Services): Router {
  const router = Router()

  router.get('/area-personale', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const side = await filings.ofSide(id, login)
    const [counts, waiting, drafts, recent, count, asked] = await Promise.all([
      side.count(),
      side.page(FIRST.waiting),
      side.page(FIRST.drafts),
      side.page(FIRST.recent),
      unread(id, login),
      cosigning.ofPerson(id, login),
    ])
    const toSign = asked.filter(({ standing }) => standing === 'open').length
    const { givenName, key: reader } = login.person
    const shown = [...waiting, ...drafts, ...recent]
    const [about, annulled] = await Promise.all([side.about(shown), filings.annulled(shown)])
    const closed = await closedFor(catalogue, id, drafts)
    const answerBy = await answerDays(history, waiting)
    const { mandateEnded } = side
    const besides = { reader, today: romeDate(now()), about, annulled, answerBy, closed, mandateEnded }
    const page = areaHome(counts, { givenName, unread: count, toSign, ...besides, waiting, drafts, recent })
    res.render('pages/personal-area/area', page)
  })

  router.get('/area-personale/pratiche', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const asked = (name: string): string => (typeof req.query[name] === 'string' ? req.query[name] : '')
    const wanted = wantedIn({ filter: asked('stato'), number: asked('numero'), page: pageNumber(req) })
    const { protocol } = wanted
    const side = await filings.ofSide(id, login)
    const [all, numbered, count] = await Promise.all([
      side.count(),
      protocol ? side.count({ protocol }) : new Map(),
      unread(id, login),
    ])
    const found = protocol === undefined ? all : numbered
    const rows = protocol === null ? [] : await side.page({ ...rowsFor(wanted, found), ...(protocol && { protocol }) })
    const [about, annulled, answerBy, closed] = await Promise.all([
      side.about(rows),
      filings.annulled(rows),
      answerDays(history, rows),
      closedFor(catalogue, id, rows),
    ])
    const { mandateEnded } = side
    const reader = { reader: login.person.key, today: romeDate(now()) }
    const besides = { ...reader, about, annulled, answerBy, closed, mandateEnded }
    const list = { all, found, rows, unread: count, ...besides }
    res.render('pages/personal-area/area-filings', areaFilings(wanted, list))
  })

  return router
}

/** The services of drafts that cannot be sent now, by their procedure. */
async function closedFor(catalogue: Services['catalogue'], municipality: string, rows: readonly Listed[]) {
  const drafts = new Set(rows.flatMap(({ state, procedure }) => (state === 'draft' ? procedure.id : [])))
  const closed = new Map<string, ServiceState>()
  for (const id of drafts) {
    const state = await catalogue.state(municipality, id)
    if (state.status !== 'active') closed.set(id, state)
  }
  return closed
}
