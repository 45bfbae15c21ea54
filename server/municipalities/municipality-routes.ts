import type { Response } from 'express'
import type { Municipality } from './municipality.ts'

/** The municipality that answers, as the tenant middleware (`web/tenant.ts`) found it. */
export const municipalityOf = (res: Response): Municipality => res.locals['municipality'] as Municipality
