import type { Request, Response } from 'express'
import type { MessageLogReader } from '../identity/index.ts'
import type { ReviewingOfficer } from '../mandates/index.ts'
import { mayInHouse } from '../municipalities/index.ts'
import type { RegisterReader } from '../protocol/index.ts'
import { houseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor, closedTo, type OfficerAuthor } from './officer.ts'

/*
 * Which officers may use the pages that other rooms have for them. Who may is a rule of the offices, which those rooms do not
 * know: `compose.ts` hands it to them. Each gives the officer with the frame of their desk, and throws NOT_FOUND for anybody else.
 */

/** Who may read the register of protocol. */
export function registerReaderOf(desks: DeskService) {
  const visit = houseVisit(desks, 'read-register')
  return async (req: Request, res: Response): Promise<RegisterReader> => {
    const { municipality, desk } = await visit(req, res)
    return {
      author: authorFor(desk.actor, 'read-register'),
      offices: desk.offices,
      protocolService: mayInHouse(desk.actor.appointments, 'keep-register'),
      frame: deskFrame(municipality, desk, 'protocollo'),
    }
  }
}

/** Who may review powers of attorney. */
export function mandateReviewerOf(desks: DeskService) {
  const visit = houseVisit(desks, 'review-mandates')
  return async (req: Request, res: Response): Promise<ReviewingOfficer> => {
    const { municipality, desk } = await visit(req, res)
    return {
      key: desk.actor.owner,
      author: authorFor(desk.actor, 'review-mandates'),
      frame: deskFrame(municipality, desk, 'deleghe'),
    }
  }
}

/** Who answers requests that personal data be corrected. */
export function correctionOfficerOf(desks: DeskService) {
  const visit = houseVisit(desks, 'answer-corrections')
  return async (
    req: Request,
    res: Response,
  ): Promise<{ closed: readonly string[]; author: OfficerAuthor; frame: object }> => {
    const { municipality, desk } = await visit(req, res)
    return {
      closed: closedTo(desk.actor),
      author: authorFor(desk.actor, 'answer-corrections'),
      frame: deskFrame(municipality, desk, 'rettifiche'),
    }
  }
}

/** Who may read the log of logins. */
export function messageLogReaderOf(desks: DeskService) {
  const visit = houseVisit(desks, 'read-message-log')
  return async (req: Request, res: Response): Promise<MessageLogReader> => {
    const { municipality, desk } = await visit(req, res)
    return {
      author: authorFor(desk.actor, 'read-message-log'),
      frame: deskFrame(municipality, desk, 'registro-accessi'),
    }
  }
}

/** Who may see how the platform itself is doing. */
export function administratorFrame(desks: DeskService, current: string) {
  const visit = houseVisit(desks, 'keep-platform')
  return async (req: Request, res: Response): Promise<object> => {
    const { municipality, desk } = await visit(req, res)
    return deskFrame(municipality, desk, current)
  }
}
