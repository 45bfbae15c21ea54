import type { Request } from 'express'
import type { ReviewingOfficer } from '../mandates/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { visitHouse } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor } from './officer.ts'

/** Who may review powers of attorney, for the pages of mandates: a rule of the offices, which that room does not know. */
export function mandateReviewerOf(desks: DeskService) {
  return async (req: Request, municipality: Municipality): Promise<ReviewingOfficer> => {
    const { desk } = await visitHouse(desks, 'review-mandates', { req, municipality })
    return {
      key: desk.actor.owner,
      author: authorFor(desk.actor, 'review-mandates'),
      frame: deskFrame(municipality, desk, 'deleghe'),
    }
  }
}
