import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { officerLoginOf } from '../identity/index.ts'
import { mayInHouse, municipalityOf, type HousePower, type Municipality } from '../municipalities/index.ts'
import type { Desk, DeskService } from './desk-service.ts'
import { OFFICER_LEVEL } from './officer.ts'

export type HouseVisit = Readonly<{ municipality: Municipality; desk: Desk }>

type Visitor = (req: Request, res: Response) => Promise<HouseVisit>

/** Who is at a page of the desk: any officer of the municipality. To anybody else there is no such page (NOT_FOUND). */
export const deskVisit =
  (desks: DeskService): Visitor =>
  async (req, res) => {
    const login = officerLoginOf(req)
    if (!login) throw new AppError('NOT_LOGGED_IN', 'Login needed', { level: OFFICER_LEVEL })
    const municipality = municipalityOf(res)
    return { municipality, desk: await desks.desk(municipality.id, login) }
  }

/** Who is at a page that asks for a power: an officer one of whose roles gives it. To anybody else there is no such page. */
export const houseVisit =
  (desks: DeskService, power: HousePower): Visitor =>
  async (req, res) => {
    const visit = await deskVisit(desks)(req, res)
    if (!mayInHouse(visit.desk.actor.appointments, power)) throw new AppError('NOT_FOUND', `Officer without ${power}`)
    return visit
  }
