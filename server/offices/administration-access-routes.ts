import type { Request, Response } from 'express'
import { municipalityOf } from '../municipalities/index.ts'
import { visitHouse } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { deskFrame } from './desk-views.ts'

/** Frame of a page for administrators, and the rule of who may see it; to everybody else there is no such page. */
export function administratorFrame(desks: DeskService, current: string) {
  return async (req: Request, res: Response): Promise<object> => {
    const { municipality, desk } = await visitHouse(desks, 'keep-platform', { req, municipality: municipalityOf(res) })
    return deskFrame(municipality, desk, current)
  }
}
