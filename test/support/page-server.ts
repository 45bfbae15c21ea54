import type { AddressInfo } from 'node:net'
import express, { type RequestHandler, type Router } from 'express'
import type { Municipality } from '../../server/municipalities/index.ts'
import { assetRoutes, buildAssets } from '../../server/web/assets.ts'
import { errorHandler } from '../../server/web/error-handler.ts'
import { securityHeaders } from '../../server/web/security.ts'
import { viewsBelow } from '../../server/web/views.ts'

type Parts = Readonly<{
  municipality: Municipality
  pages: readonly (readonly [path: string, router: Router])[]
  /** Runs before the pages: a login, for instance. */
  before?: RequestHandler
  person?: string
}>

/** Serves a room's pages over HTTP with the real templates, assets, headers and error page, without the rest of the platform. */
export async function servePages({ municipality, pages, before, person = 'Anna Bianchi' }: Parts) {
  const root = process.cwd()
  const assets = await buildAssets(root)
  const app = express()
  app.set('views', `${root}/templates`)
  app.set('view engine', 'hbs')
  app.engine('hbs', viewsBelow(root).engine)
  app.use(assetRoutes(root))
  app.use(securityHeaders({ https: false }))
  app.use((req, res, next) => {
    // A session that ends with the request: nothing is kept between two.
    Object.assign(req, { session: {} })
    res.locals['municipality'] = municipality
    res.locals['site'] = { ...municipality, assets, person, officer: true, csrf: 'token', requestId: 'r1' }
    next()
  })
  if (before) app.use(before)
  app.use(express.urlencoded({ extended: false }))
  for (const [path, router] of pages) app.use(path, router)
  app.use(errorHandler({ info: () => undefined, warn: () => undefined, error: () => undefined }))

  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
