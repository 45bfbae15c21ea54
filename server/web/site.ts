import type { Request, RequestHandler, Response } from 'express'
import { takeConfirmation } from './confirmation.ts'
import { csrfToken } from './csrf.ts'

type Tenant = Record<
  'name' | 'tagline' | 'region' | 'website' | 'phone' | 'email' | 'pec' | 'cf' | 'accessibilityUrl',
  string
> & { address: object }

type Settings = {
  /** Base path of the built assets. */
  assets: string
  /** Display name of the person who logged in, or null. */
  person: (req: Request) => string | null
  /** Does the person have an appointment in this municipality? */
  officer: (req: Request, res: Response) => Promise<boolean>
}

/** What every page shows of the municipality and of the person, as `@root.site` in templates. */
export function site({ assets, person, officer }: Settings): RequestHandler {
  return async (req, res, next) => {
    const name = person(req)
    res.locals['site'] = {
      ...municipalitySite(res, assets),
      person: name,
      officer: name === null ? false : await officer(req, res),
      confirmation: takeConfirmation(req),
      csrf: name === null ? null : csrfToken(req),
    }
    next()
  }
}

/** The same while nobody can say who it is. */
export function siteOfUnknown({ assets }: Pick<Settings, 'assets'>): RequestHandler {
  return (_req, res, next) => {
    const unknown = { isUnknown: true, person: null, officer: false, confirmation: null, csrf: null }
    res.locals['site'] = { ...municipalitySite(res, assets), ...unknown }
    next()
  }
}

const municipalitySite = ({ locals }: Response, assets: string) => ({
  ...(locals['municipality'] as Tenant),
  assets,
  requestId: locals['requestId'] as string,
})
