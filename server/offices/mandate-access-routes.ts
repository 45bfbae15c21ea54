import type { Request } from 'express'
import { AppError } from '../errors.ts'
import { loginOf } from '../identity/index.ts'
import type { Reviewer } from '../mandates/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { OFFICER_LEVEL } from './officer.ts'

/** Who may review powers of attorney, for the pages of mandates: a rule of the offices, which that room does not know. */
export function mandateReviewerOf(desks: DeskService) {
  return async (req: Request, municipality: Municipality): Promise<Reviewer & { frame: object }> => {
    const login = loginOf(req)
    if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
    const desk = await desks.desk(municipality.id, login)
    if (!desk.mandates || desk.actor.kind !== 'officer') throw new AppError('NOT_FOUND', 'Not a reviewer of mandates')
    const { cf, name, appointments } = desk.actor
    const [first] = appointments
    return {
      key: desk.actor.owner,
      author: { kind: 'officer', cf, name, role: first?.role ?? '', office: first?.office ?? '' },
      frame: deskFrame(municipality, desk, 'deleghe'),
    }
  }
}
