import { Router } from 'express'
import { openDraftOf } from './draft-access-routes.ts'
import type { DraftService } from './draft-service.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { InvitationService } from './invitation-service.ts'
import { sendingRoutes } from './sending-routes.ts'
import type { SubmissionService } from './submission-service.ts'

type Services = { drafts: DraftService; submissions: SubmissionService; invitations: InvitationService }

/** The last page of a draft: read once more, the signatures that it lacks asked for, sent. */
export function submissionRoutes({ drafts, submissions, invitations }: Services): Router {
  const router = Router()
  const openFor = openDraftOf(drafts)
  router.use(sendingRoutes({ submissions, invitations, openFor }))
  router.use(invitationRoutes({ submissions, invitations, openFor }))
  return router
}
