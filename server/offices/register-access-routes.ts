import type { Request } from 'express'
import { mayInHouse, type Municipality } from '../municipalities/index.ts'
import type { RegisterReader } from '../protocol/index.ts'
import { visitHouse } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { authorFor } from './officer.ts'

/** Who may read the register, for the protocol's pages: a rule of the offices, which that room does not know. */
export function registerReaderOf(desks: DeskService) {
  return async (req: Request, municipality: Municipality): Promise<RegisterReader> => {
    const { desk } = await visitHouse(desks, 'read-register', { req, municipality })
    return {
      author: authorFor(desk.actor, 'read-register'),
      offices: desk.offices,
      protocolService: mayInHouse(desk.actor.appointments, 'keep-register'),
      frame: deskFrame(municipality, desk, 'protocollo'),
    }
  }
}
