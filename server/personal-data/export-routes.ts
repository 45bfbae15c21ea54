import { Router, type Request, type Response } from 'express'
import { sendBundle } from '../bundles/index.ts'
import { AppError } from '../errors.ts'
import { loginOf, requireLogin, type Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { PersonalData } from './export-service.ts'

type Deps = Readonly<{
  personalData: PersonalData
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
}>

/** Everything at once is worth more to a thief than one page: a password alone does not open it. */
const LEVEL = 2

/** «I miei dati»: what is held of a person, and the archive with all of it. */
export function personalDataRoutes({ personalData, tabs }: Deps): Router {
  const router = Router()
  router.use(requireLogin(LEVEL))

  router.get('/', async (req, res) => {
    const { municipality, login } = whose(req, res)
    const [kinds, sections] = await Promise.all([
      personalData.summary(municipality, login),
      tabs(municipality.id, login),
    ])
    res.render('pages/personal-data/data', { title: 'I miei dati', kinds, tabs: sections, pec: municipality.pec })
  })

  router.get('/dati.zip', async (req, res) => {
    const { municipality, login } = whose(req, res)
    await sendBundle(res, await personalData.open(municipality, login))
  })

  return router
}

function whose(req: Request, res: Response): { municipality: Municipality; login: Login } {
  const login = loginOf(req)
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: LEVEL })
  return { municipality: res.locals['municipality'] as Municipality, login }
}
