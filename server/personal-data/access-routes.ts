import type { Request, Response } from 'express'
import { citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf, type Municipality } from '../municipalities/index.ts'
import type { Holder } from './correction-views.ts'

/** Everything at once is worth more to a thief than one page: a password alone does not open it. */
export const LEVEL = 2

/** The sections of the personal area, for `components/tabs`. */
export type Tabs = (municipality: string, login: Login) => Promise<readonly object[]>

/** Who answers requests for correction today, and for whom each may not: a matter of the offices. */
export type Holders = (municipality: Municipality) => Promise<readonly Holder[]>

/** Who is at the page, and in which municipality. Throws NOT_LOGGED_IN where nobody is. */
export function whose(req: Request, res: Response): { municipality: Municipality; login: Login } {
  return { municipality: municipalityOf(res), login: citizenLogin(req, LEVEL) }
}
