import type { Request } from 'express'
import type { Municipality } from '../municipalities/index.ts'
import { visitHouse } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor, closedTo, type OfficerAuthor } from './officer.ts'

/** Who answers requests that personal data be corrected, for their pages: a rule of the offices. */
export function correctionOfficerOf(desks: DeskService) {
  return async (
    req: Request,
    municipality: Municipality,
  ): Promise<{ closed: readonly string[]; author: OfficerAuthor; frame: object }> => {
    const { desk } = await visitHouse(desks, 'answer-corrections', { req, municipality })
    return {
      closed: closedTo(desk.actor),
      author: authorFor(desk.actor, 'answer-corrections'),
      frame: deskFrame(municipality, desk, 'rettifiche'),
    }
  }
}
