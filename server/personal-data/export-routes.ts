import { Router } from 'express'
import { sendBundle } from '../bundles/index.ts'
import { loginOf, requireLogin } from '../identity/index.ts'
import { parkWithout } from '../web/park.ts'
import { LEVEL, whose, type Holders, type Tabs } from './access-routes.ts'
import { correctionRoutes } from './correction-routes.ts'
import type { Corrections } from './correction-service.ts'
import { correctionsPart } from './correction-views.ts'
import type { PersonalData } from './export-service.ts'

type Deps = Readonly<{ personalData: PersonalData; corrections: Corrections; holders: Holders; tabs: Tabs }>

/** «I miei dati»: what is held of a person, the archive with all of it, and the way to have it corrected. */
export function personalDataRoutes({ personalData, corrections, holders, tabs }: Deps): Router {
  const router = Router()
  router.use(parkWithout(loginOf), requireLogin(LEVEL))

  router.get('/', async (req, res) => {
    const { municipality, login } = whose(req, res)
    const [kinds, asked, sections] = await Promise.all([
      personalData.summary(municipality, login),
      corrections.ofPerson(municipality.id, login.person.key),
      tabs(municipality.id, login),
    ])
    const page = { title: 'I miei dati', kinds, tabs: sections, ...correctionsPart(asked) }
    res.render('pages/personal-data/data', page)
  })

  router.get('/dati.zip', async (req, res) => {
    const { municipality, login } = whose(req, res)
    await sendBundle(res, personalData.open(municipality, login), login.person.key)
  })

  router.use(correctionRoutes({ corrections, holders, tabs }))
  return router
}
