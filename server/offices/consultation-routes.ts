import { Router } from 'express'
import { citizenLogin, requireLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { keysOf, PAGE_SIZE, type Consultations } from './consultation-service.ts'
import { consultationsPage } from './consultation-views.ts'
import { pageAsked } from '../web/request.ts'

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
    const [found, sections] = await Promise.all([
      pageAsked(req, PAGE_SIZE, (page) => consultations.ofPerson(municipality.id, login.person, page)),
      tabs(municipality.id, login),
    ])
    const view = { ...found, keys: keysOf(login.person), tabs: sections }
    res.render('pages/offices/consultations', consultationsPage(municipality, view))
  })

  return router
}
