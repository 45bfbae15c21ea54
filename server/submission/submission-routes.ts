import { Router } from 'express'
import { invitationRoutes } from './invitation-routes.ts'
import { sendingRoutes } from './sending-routes.ts'
import type { SubmissionService } from './submission-service.ts'
import type { InvitationService } from '../cosigning/index.ts'
import { openDraftOf, type DraftService } from '../drafts/index.ts'

type Services = { drafts: DraftService; submissions: SubmissionService; invitations: InvitationService }

/** The last page of a draft: read once more, the signatures that it lacks asked for, sent. */
export function submissionRoutes({ drafts, submissions, invitations }: Services): Router {
  const router = Router()
  const openFor = openDraftOf(drafts)
  router.use(sendingRoutes({ submissions, invitations, openFor }))
  router.use(invitationRoutes({ submissions, invitations, openFor }))
  return router
}
