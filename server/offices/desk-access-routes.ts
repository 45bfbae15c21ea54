import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import type { OfficerActor } from '../filings/index.ts'
import { officerLoginOf, type Login } from '../identity/index.ts'
import { mayInHouse, municipalityOf, type HousePower, type Municipality } from '../municipalities/index.ts'
import type { Desk, DeskService } from './desk-service.ts'
import { OFFICER_LEVEL } from './officer.ts'

/** Who acts, each time anew: an officer who is at a page of the desk already, with the power that it asks for. */
export const officerNow =
  (desks: DeskService, req: Request, res: Response, power?: HousePower): (() => Promise<OfficerActor>) =>
  async () => {
    const { actor } = await desks.officer(municipalityOf(res).id, loginAt(req))
    if (power) assertHas(actor, power)
    return actor
  }

function assertHas({ appointments }: OfficerActor, power: HousePower): void {
  if (!mayInHouse(appointments, power)) throw new AppError('NOT_FOUND', `Officer without ${power}`)
}

export type HouseVisit = Readonly<{ municipality: Municipality; desk: Desk }>

type Visitor = (req: Request, res: Response) => Promise<HouseVisit>

/** Who is at a page of the desk: any officer of the municipality. To anybody else there is no such page (NOT_FOUND). */
export const deskVisit =
  (desks: DeskService): Visitor =>
  async (req, res) => {
    const municipality = municipalityOf(res)
    return { municipality, desk: await desks.desk(municipality.id, loginAt(req)) }
  }

function loginAt(req: Request): Login {
  const login = officerLoginOf(req)
  if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
  return login
}

/** Who is at a page that asks for a power: an officer one of whose roles gives it. To anybody else there is no such page. */
export const houseVisit =
  (desks: DeskService, power: HousePower): Visitor =>
  async (req, res) => {
    const visit = await deskVisit(desks)(req, res)
    assertHas(visit.desk.actor, power)
    return visit
  }
