import { Router, type Request, type Response } from 'express'
import type { TrustedListService } from './trusted-list-service.ts'
import { trustedListsPage } from './trusted-list-views.ts'

type Services = Readonly<{
  lists: Pick<TrustedListService, 'states' | 'configured'>
  /** Frame of the desk for an administrator; for anybody else it throws as a page that is not there. Decided by the offices. */
  frameOf: (req: Request, res: Response) => Promise<object>
  now: () => Date
}>

/** State of the trusted lists, for who keeps the platform; mounted at `/ufficio/liste-fiducia`. */
export function trustedListRoutes({ lists, frameOf, now }: Services): Router {
  const router = Router()
  router.get('/', async (req, res) => {
    const frame = await frameOf(req, res)
    const page = trustedListsPage(await lists.states(), { configured: lists.configured, now: now() })
    res.render('pages/trusted-lists/trusted-lists', { ...frame, ...page })
  })
  return router
}
