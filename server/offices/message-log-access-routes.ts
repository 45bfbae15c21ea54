import type { Request, Response } from 'express'
import type { MessageLogReader } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { visitHouse } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor } from './officer.ts'

/** Who may read the log of logins: a rule of the offices, which the room of identities does not know. */
export function messageLogReaderOf(desks: DeskService) {
  return async (req: Request, res: Response): Promise<MessageLogReader> => {
    const { municipality, desk } = await visitHouse(desks, 'read-message-log', {
      req,
      municipality: municipalityOf(res),
    })
    return {
      author: authorFor(desk.actor, 'read-message-log'),
      frame: deskFrame(municipality, desk, 'registro-accessi'),
    }
  }
}
