import { Router, type Request, type Response } from 'express'
import { confirmAt } from '../web/confirmation.ts'
import { citizenLogin, requireLogin, organizationOf } from './access-routes.ts'
import { handleOf, type OpenSessions } from './open-session-store.ts'
import { closedText, openSessionsPage } from './open-session-views.ts'
import type { Login } from './person.ts'

type Deps = Readonly<{
  sessions: OpenSessions
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
}>

const HERE = '/area-personale/accessi'

/** «Accessi e dispositivi»: where a person is logged in, and the way to end it there. */
export function openSessionRoutes({ sessions, tabs }: Deps): Router {
  const router = Router()
  router.use(requireLogin())

  router.get('/', async (req, res) => {
    const { municipality, person, login } = whoseOf(req, res)
    const sections = await tabs(municipality, login)
    const page = openSessionsPage(await sessions.ofPerson({ municipality, person }), {
      current: handleOf(req.sessionID),
      tabs: sections,
    })
    res.render('pages/identity/sessions', page)
  })

  // By the handle of one of this person's own sessions: others' are not looked at.
  router.post('/chiudi', async (req, res) => {
    const { accesso } = (req.body ?? {}) as Record<string, unknown>
    await close(req, res, (handle) => handle === accesso)
  })

  router.post('/chiudi-altri', async (req, res) => close(req, res, () => true))

  async function close(req: Request, res: Response, chosen: (handle: string) => boolean): Promise<void> {
    // The one that asks is left by «Esci», which knows the provider's session too.
    const current = handleOf(req.sessionID)
    const count = await sessions.close(whoseOf(req, res), (handle) => handle !== current && chosen(handle))
    confirmAt(req, res, HERE, { title: closedText(count) })
  }

  return router
}

function whoseOf(req: Request, res: Response): { municipality: string; person: string; login: Login } {
  const login = citizenLogin(req)
  return { municipality: organizationOf(res).id, person: login.person.key, login }
}
