import { Router, type Request, type Response } from 'express'
import { lineIn, type FormBody } from '../shared/form-body.ts'
import { romeDate } from '../shared/dates.ts'
import { typedProtocol } from '../shared/protocol-number.ts'
import { takeParked } from '../web/park.ts'
import { pageAsked, seeOther } from '../web/request.ts'
import { latestNumber, searchNumbered, withSearch } from '../shared/searches.ts'
import { deskVisit } from './desk-access-routes.ts'
import { PAGE_SIZE } from './desk-list-service.ts'
import { nameSearchAddress } from './desk-list.ts'
import { nameSearchPage, numberSearchAddress, numberSearchPage } from './desk-search-views.ts'
import { isName, type DeskSearches } from './desk-search.ts'
import type { DeskService } from './desk-service.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** The last names that were looked for. */
    deskSearches: DeskSearches
  }
}

type Services = Readonly<{ desks: DeskService; now: () => Date }>

/** Characters of what is looked for. */
const LONGEST = 100

/** The search of the desk's bar: by protocol number, or by the name or tax code of who filed or for whom. */
export function searchRoutes(services: Services): Router {
  const { desks } = services
  const router = Router()

  router.get('/', async (req, res) => {
    const parked = takeParked(req)
    if (parked) begin(req, res, parked)
    else if (typeof req.query['ricerca'] === 'string') await showNamed(services, req, res)
    else await showNumbered(services, req, res)
  })

  // By POST: a name has no place in an address, which browsers and logs keep.
  router.post('/', async (req, res) => {
    await deskVisit(desks)(req, res)
    begin(req, res, req.body as FormBody | undefined)
  })

  return router
}

/** Leads to the answer. */
function begin(req: Request, res: Response, body: FormBody | undefined): void {
  const typed = lineIn(body, 'q').slice(0, LONGEST)
  if (typed === '' || typedProtocol(typed)) {
    seeOther(res, numberSearchAddress(typed))
    return
  }
  const searches = withSearch(req.session.deskSearches ?? [], { name: typed })
  req.session.deskSearches = searches
  seeOther(res, nameSearchAddress(latestNumber(searches)))
}

async function showNumbered({ desks, now }: Services, req: Request, res: Response): Promise<void> {
  const { municipality, desk } = await deskVisit(desks)(req, res)
  const typed = typeof req.query['q'] === 'string' ? req.query['q'].trim().slice(0, LONGEST) : ''
  const asked = typedProtocol(typed)
  const filings = asked ? await desks.numbered(municipality.id, desk, asked) : []
  const [first] = filings
  if (first && filings.length === 1) {
    seeOther(res, `/ufficio/pratiche/${first.id}`)
    return
  }
  const found = { filings, today: romeDate(now()), ...(await desks.besides(filings, desk.actor)) }
  res.render('pages/offices/search', numberSearchPage(municipality, desk, { typed, ...found }))
}

/** One that was found is listed too, not opened: whether it is theirs who stands there, the officer sees before. */
async function showNamed({ desks, now }: Services, req: Request, res: Response): Promise<void> {
  const { municipality, desk } = await deskVisit(desks)(req, res)
  const search = searchNumbered(req.session.deskSearches, req.query['ricerca'])
  if (!search) {
    seeOther(res, numberSearchAddress(''))
    return
  }
  const found = isName(search.name)
    ? await pageAsked(req, PAGE_SIZE, (page) => desks.named(municipality.id, desk, { name: search.name, page }))
    : null
  const besides = await desks.besides(found?.filings ?? [], desk.actor)
  const answer = { search, found, ...besides, today: romeDate(now()) }
  res.render('pages/offices/search', nameSearchPage(municipality, desk, answer))
}
