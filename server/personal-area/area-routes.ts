import { Router } from 'express'
import type { CosigningService } from '../cosigning/index.ts'
import type { FilingService } from '../filings/index.ts'
import { citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { pageNumber } from '../web/request.ts'
import { areaFilings } from './area-list-views.ts'
import { areaHome } from './area-views.ts'

type Services = {
  filings: FilingService
  cosigning: CosigningService
  /** How many messages the person has not read. Handed in, because messages are the matter of a later room. */
  unread: (municipality: string, login: Login) => Promise<number>
}

/** First page of the personal area, and the list of all filings. */
export function areaRoutes({ filings, cosigning, unread }: Services): Router {
  const router = Router()

  router.get('/area-personale', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const [own, count, asked] = await Promise.all([
      filings.ofSide(id, login),
      unread(id, login),
      cosigning.ofPerson(id, login),
    ])
    const toSign = asked.filter(({ standing }) => standing === 'open').length
    const page = areaHome(own, { givenName: login.person.givenName, unread: count, toSign })
    res.render('pages/personal-area/area', page)
  })

  router.get('/area-personale/pratiche', async (req, res) => {
    const login = citizenLogin(req)
    const { id } = municipalityOf(res)
    const [own, count] = await Promise.all([filings.ofSide(id, login), unread(id, login)])
    const asked = (name: string): string => (typeof req.query[name] === 'string' ? req.query[name] : '')
    const query = { filter: asked('stato'), number: asked('numero'), page: pageNumber(req) }
    res.render('pages/personal-area/area-filings', areaFilings(own, query, count))
  })

  return router
}
