import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import type { FormBody } from '../shared/form-body.ts'
import { takeParked } from '../web/park.ts'
import { pageAsked, seeOther } from '../web/request.ts'
import { latestNumber, searchNumbered, withSearch, type Searches } from '../shared/searches.ts'
import { DAILY_REGISTERS } from './daily-register-views.ts'
import { queryOf, registerForm, type RegisterForm } from './register-filter.ts'
import type { Visit } from './register-reader.ts'
import type { RegisterService } from './register-service.ts'
import { formAddress, registerPage, searchAddress, type Answer } from './register-views.ts'
import { MAX_RESULTS, PAGE_SIZE, type RegisterQuery } from './register.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** The last searches of the register that asked for words, or were typed wrongly. */
    registerSearches: Searches<{ form: RegisterForm }>
  }
}

type Deps = Readonly<{
  protocol: Pick<RegisterService, 'search' | 'amendmentsOf'>
  visit: (req: Request, res: Response) => Promise<Visit>
}>

const LAST_PAGE = MAX_RESULTS / PAGE_SIZE

/** The search of the register. */
export function searchRoutes({ protocol, visit }: Deps): Router {
  const router = Router()

  router.get('/', async (req, res) => {
    const parked = takeParked(req)
    if (parked) {
      begin(req, res, registerForm(parked))
      return
    }
    const { municipality, reader } = await visit(req, res)
    const search = searchNumbered(req.session.registerSearches, req.query['ricerca'])
    const form = search?.form ?? registerForm({ ...req.query, q: '' })
    const to = search ? searchAddress(search.number) : formAddress(form)
    const { query, errors } = queryOf(form)
    const reservedOf = reader.protocolService ? {} : { reservedOf: reader.offices }
    const answer = errors.length > 0 ? { errors } : await find(req, municipality.id, { ...query, ...reservedOf })
    const page = registerPage(municipality, { form, to, ...answer })
    res.status(page.errorSummary ? 422 : 200)
    const dailyRegisters = reader.protocolService ? DAILY_REGISTERS : null
    res.render('pages/protocol/register', { ...reader.frame, ...page, dailyRegisters })
  })

  // By POST: the name or the tax code of a party has no place in an address, which browsers and logs keep.
  router.post('/', async (req, res) => {
    await visit(req, res)
    begin(req, res, registerForm((req.body as FormBody | undefined) ?? {}))
  })

  async function find(req: Request, municipality: string, query: RegisterQuery): Promise<Answer> {
    try {
      const { page: number, ...page } = await pageAsked(req, PAGE_SIZE, (asked) =>
        protocol.search(municipality, { ...query, page: Math.min(asked, LAST_PAGE) }),
      )
      return { found: { number, page, amendments: await protocol.amendmentsOf(page.entries) } }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      return { errors: [{ name: 'q', message: error.explanation ?? 'Restringi la ricerca' }] }
    }
  }

  return router
}

/** Leads to the answer. What is wrong is no question yet, and may be a name in the wrong field: it stays out of the address as well. */
function begin(req: Request, res: Response, form: RegisterForm): void {
  if (form.q === '' && queryOf(form).errors.length === 0) {
    seeOther(res, formAddress(form)())
    return
  }
  const searches = withSearch(req.session.registerSearches ?? [], { form })
  req.session.registerSearches = searches
  seeOther(res, searchAddress(latestNumber(searches))())
}
