import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { loginOf } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'
import { OFFICER_LEVEL } from './officer.ts'

/** Frame of a page for administrators, and the rule of who may see it; to everybody else there is no such page. */
export function administratorFrame(desks: DeskService, current: string) {
  return async (req: Request, res: Response): Promise<object> => {
    const login = loginOf(req)
    if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
    const municipality = res.locals['municipality'] as Municipality
    const desk = await desks.desk(municipality.id, login)
    if (!desk.administrator) throw new AppError('NOT_FOUND', 'Not an administrator')
    return deskFrame(municipality, desk, current)
  }
}
