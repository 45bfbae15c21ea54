import type { Request, Response } from 'express'
import type { MessageLogReader } from '../identity/index.ts'
import type { ReviewingOfficer } from '../mandates/index.ts'
import { mayInHouse, type HousePower } from '../municipalities/index.ts'
import type { RegisterReader } from '../protocol/index.ts'
import { deskVisit, houseVisit } from './desk-access-routes.ts'
import type { Desk, DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor, closedTo, type OfficerAuthor } from './officer.ts'

/*
 * Which officers may use the pages that other rooms have for them. Who may is a rule of the offices, which those rooms do not
 * know: `compose.ts` hands it to them. Each gives the officer with the frame of their desk, and throws NOT_FOUND for anybody else.
 */

type Page = Readonly<{ power: HousePower; current: string }>

/** An officer who has the power that the page asks for: as records name them, with what else the room needs of their desk. */
function officerAt<More>(desks: DeskService, { power, current }: Page, more: (desk: Desk) => More) {
  const visit = houseVisit(desks, power)
  return async (req: Request, res: Response): Promise<More & { author: OfficerAuthor; frame: object }> => {
    const { municipality, desk } = await visit(req, res)
    return { ...more(desk), author: authorFor(desk.actor, power), frame: deskFrame(municipality, desk, current) }
  }
}

type OfficerOf<Officer> = (req: Request, res: Response) => Promise<Officer>

/** Who may read the register of protocol. */
export const registerReaderOf = (desks: DeskService): OfficerOf<RegisterReader> =>
  officerAt(desks, { power: 'read-register', current: 'protocollo' }, ({ offices, actor }) => ({
    offices,
    protocolService: mayInHouse(actor.appointments, 'keep-register'),
  }))

/** Who may review powers of attorney. */
export const mandateReviewerOf = (desks: DeskService): OfficerOf<ReviewingOfficer> =>
  officerAt(desks, { power: 'review-mandates', current: 'deleghe' }, ({ actor }) => ({ key: actor.owner }))

/** Who answers requests that personal data be corrected. */
export const correctionOfficerOf = (desks: DeskService) =>
  officerAt(desks, { power: 'answer-corrections', current: 'rettifiche' }, ({ actor }) => ({ closed: closedTo(actor) }))

/** Who may read the log of logins. */
export const messageLogReaderOf = (desks: DeskService): OfficerOf<MessageLogReader> =>
  officerAt(desks, { power: 'read-message-log', current: 'registro-accessi' }, () => ({}))

/** Who may see how the platform itself is doing: the frame alone. */
export const administratorFrame =
  (desks: DeskService, current: string): OfficerOf<object> =>
  async (req, res) =>
    (await officerAt(desks, { power: 'keep-platform', current }, () => ({}))(req, res)).frame

/** The frame alone, for any officer. */
export const officerFrame =
  (desks: DeskService): OfficerOf<object> =>
  async (req, res) => {
    const { municipality, desk } = await deskVisit(desks)(req, res)
    return deskFrame(municipality, desk, '')
  }
