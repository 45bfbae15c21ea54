import type { Request } from 'express'
import { AppError } from '../errors.ts'
import { loginOf } from '../identity/index.ts'
import { mayInHouse, type Municipality } from '../municipalities/index.ts'
import type { RegisterReader } from '../protocol/index.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { OFFICER_LEVEL } from './officer.ts'

/** Who may read the register, for the protocol's pages: a rule of the offices, which that room does not know. */
export function registerReaderOf(desks: DeskService) {
  return async (req: Request, municipality: Municipality): Promise<RegisterReader> => {
    const login = loginOf(req)
    if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
    const desk = await desks.desk(municipality.id, login)
    if (!desk.register || desk.actor.kind !== 'officer') throw new AppError('NOT_FOUND', 'Not a reader of the register')
    const { cf, name, appointments } = desk.actor
    const [first] = appointments
    return {
      author: { kind: 'officer', cf, name, role: first?.role ?? '', office: first?.office ?? '' },
      offices: desk.offices,
      protocolService: mayInHouse(appointments, 'keep-register'),
      frame: deskFrame(municipality, desk, 'protocollo'),
    }
  }
}
