import { Router } from 'express'
import type { FilingService } from '../filings/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import type { ActingService } from './acting-service.ts'
import { beginRoutes } from './begin-routes.ts'
import { discardRoutes } from './discard-routes.ts'
import { openDraftOf } from './draft-access-routes.ts'
import type { DraftService } from './draft-service.ts'
import { itemRoutes } from './item-routes.ts'
import { stepRoutes } from './step-routes.ts'

type Services = {
  drafts: DraftService
  filings: FilingService
  acting: ActingService
  catalogue: Catalogue
  newId: () => string
}

/**
 * Filling in a request, from the privacy notice to its last step. Every POST answers with a redirect or with the same page and
 * its errors.
 */
export function draftRoutes({ drafts, filings, acting, catalogue, newId }: Services): Router {
  const router = Router()
  const openFor = openDraftOf(drafts)
  router.use(beginRoutes({ drafts, filings, acting, catalogue, newId }))
  router.use(stepRoutes({ drafts, openFor }))
  router.use(itemRoutes({ drafts, openFor }))
  router.use(discardRoutes({ drafts, openFor }))
  return router
}
