import { Router } from 'express'
import { beginRoutes, type BeginServices } from './begin-routes.ts'
import { discardRoutes } from './discard-routes.ts'
import { openDraftOf } from './draft-access-routes.ts'
import { itemRoutes } from './item-routes.ts'
import { stepRoutes } from './step-routes.ts'

/**
 * Filling in a request, from the privacy notice to its last step. Every POST answers with a redirect or with the same page and
 * its errors.
 */
export function draftRoutes(services: BeginServices): Router {
  const { drafts } = services
  const router = Router()
  const openFor = openDraftOf(drafts)
  router.use(beginRoutes(services))
  router.use(stepRoutes({ drafts, openFor }))
  router.use(itemRoutes({ drafts, openFor }))
  router.use(discardRoutes({ drafts, openFor }))
  return router
}
