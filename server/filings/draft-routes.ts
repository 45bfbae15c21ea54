import { Router } from 'express'
import type { Catalogue } from '../procedures/index.ts'
import { beginRoutes } from './begin-routes.ts'
import type { ActingService } from './acting-service.ts'
import { openDraftOf } from './draft-access-routes.ts'
import type { DraftService } from './draft-service.ts'
import type { FilingService } from './filing-service.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { InvitationService } from './invitation-service.ts'
import { itemRoutes } from './item-routes.ts'
import { sendingRoutes } from './sending-routes.ts'
import { stepRoutes } from './step-routes.ts'
import type { SubmissionService } from './submission-service.ts'

export type DraftServices = {
  drafts: DraftService
  submissions: SubmissionService
  filings: FilingService
  acting: ActingService
  invitations: InvitationService
  catalogue: Catalogue
  newId: () => string
}

/** Filling in a request, from the privacy notice to sending it. Every POST answers with a redirect or with the same page and its errors. */
export function draftRoutes({
  drafts,
  submissions,
  filings,
  invitations,
  acting,
  catalogue,
  newId,
}: DraftServices): Router {
  const router = Router()
  const openFor = openDraftOf(drafts)
  router.use(beginRoutes({ drafts, filings, acting, catalogue, newId }))
  router.use(stepRoutes({ drafts, openFor }))
  router.use(itemRoutes({ drafts, openFor }))
  router.use(sendingRoutes({ drafts, submissions, invitations, openFor }))
  router.use(invitationRoutes({ invitations, submissions, openFor }))
  return router
}
