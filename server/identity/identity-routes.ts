import { Router } from 'express'
import { cnsRoutes, type CnsDeps } from './cns-routes.ts'
import { directoryRoutes, type DirectoryDeps } from './directory-routes.ts'
import { loginRoutes } from './login-routes.ts'
import { logoutRoutes } from './logout-routes.ts'
import { metadataRoutes } from './metadata-routes.ts'

type Deps = Parameters<typeof loginRoutes>[0] &
  Parameters<typeof logoutRoutes>[0] &
  Parameters<typeof metadataRoutes>[0] & { cns?: CnsDeps } & Omit<DirectoryDeps, 'directories'>

/** Everything of this room that answers requests; mounted at `/`, after session and tenant. */
export function identityRoutes(deps: Deps): Router {
  const router = Router()
  router.use(loginRoutes(deps), logoutRoutes(deps), metadataRoutes(deps))
  const { directories } = deps
  if (directories) router.use(directoryRoutes({ ...deps, directories }))
  if (deps.cns) router.use(cnsRoutes(deps.cns))
  return router
}
