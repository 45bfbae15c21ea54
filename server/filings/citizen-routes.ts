import { Router } from 'express'
import { parkForm, requirePerson } from './citizen-access-routes.ts'
import { draftRoutes, type DraftServices } from './draft-routes.ts'
import { filingRoutes, type FilingServices } from './filing-routes.ts'

/** A citizen's pages of filings, before and after they are sent, behind one guard. */
export function citizenRoutes(services: DraftServices & FilingServices): Router {
  const router = Router()
  router.use('/servizi/:procedure/avvia', parkForm)
  router.use(['/area-personale', '/pratiche'], parkForm, requirePerson)
  router.use(filingRoutes(services))
  router.use(draftRoutes(services))
  return router
}
