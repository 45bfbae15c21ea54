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
    const municipality = res.locals['municipality'] as Tenant
    const name = person(req)
    res.locals['site'] = {
      ...municipality,
      assets,
      person: name,
      officer: name === null ? false : await officer(req, res),
      confirmation: takeConfirmation(req),
      csrf: name === null ? null : csrfToken(req),
      requestId: res.locals['requestId'] as string,
    }
    next()
  }
}
