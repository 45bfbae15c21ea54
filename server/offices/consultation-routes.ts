import { Router } from 'express'
import { citizenLogin, requireLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { keysOf, type Consultations } from './consultation-service.ts'
import { consultationsPage } from './consultation-views.ts'
import { pageNumber } from '../web/request.ts'

type Services = Readonly<{
  consultations: Consultations
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
}>

/** "Chi ha visto i miei dati": each person sees who of the offices looked at theirs. */
export function consultationRoutes({ consultations, tabs }: Services): Router {
  const router = Router()
  router.use(requireLogin())

  router.get('/', async (req, res) => {
    const login = citizenLogin(req)
    const municipality = municipalityOf(res)
    const page = pageNumber(req)
    const [found, sections] = await Promise.all([
      consultations.ofPerson(municipality.id, login.person, page),
      tabs(municipality.id, login),
    ])
    const view = { ...found, keys: keysOf(login.person), page, tabs: sections }
    res.render('pages/offices/consultations', consultationsPage(municipality, view))
  })

  return router
}
