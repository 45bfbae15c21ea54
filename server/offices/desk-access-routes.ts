import type { Request } from 'express'
import { AppError } from '../errors.ts'
import { officerLoginOf, type Login } from '../identity/index.ts'
import { mayInHouse, type HousePower, type Municipality } from '../municipalities/index.ts'
import type { Desk, DeskService } from './desk-service.ts'
import { OFFICER_LEVEL } from './officer.ts'

export function officerLogin(req: Request): Login {
  const login = officerLoginOf(req)
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
  return login
}

export type HouseVisit = Readonly<{ municipality: Municipality; desk: Desk }>

/** The officer at a page of the house. To whoever may not see it there is no such page. */
export async function visitHouse(
  desks: DeskService,
  power: HousePower,
  { req, municipality }: { req: Request; municipality: Municipality },
): Promise<HouseVisit> {
  const desk = await desks.desk(municipality.id, officerLogin(req))
  if (!mayInHouse(desk.actor.appointments, power)) throw new AppError('NOT_FOUND', `Officer without ${power}`)
  return { municipality, desk }
}
