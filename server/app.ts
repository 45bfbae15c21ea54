import compression from 'compression'
import type { RequestListener } from 'node:http'
import express, { type Request, type RequestHandler, type Router } from 'express'
import type { Absence } from './database.ts'
import { AppError } from './errors.ts'
import { assetRoutes } from './web/assets.ts'
import { fewAtOnce } from './web/connection-limits.ts'
import { csrfGuard } from './web/csrf.ts'
import { errorHandler, type DeskFrameOf, type Log } from './web/error-handler.ts'
import { formReader } from './web/form-reader.ts'
import { createPageCache } from './web/page-cache.ts'
import { requestLog } from './web/request-log.ts'
import { securityHeaders } from './web/security.ts'
import { readAfterFailure } from './web/sent-again.ts'
import { oneTarget } from './web/target.ts'
import type { viewsBelow } from './web/views.ts'
import { publicPagesWhileAway } from './web/while-away.ts'

/** Largest form without files: long texts fit, a flood does not. */
const FORM = { bytes: 512 * 1024, fields: 2_000 }

type AppParts = {
  root: string
  log: Log
  newId: () => string
  now: () => Date
  https: boolean
  trustProxy: number | false
  views: ReturnType<typeof viewsBelow>
  tenant: RequestHandler
  sessions: RequestHandler[]
  site: RequestHandler
  siteOfUnknown: RequestHandler
  /** Whether the driver knows that the database is away. */
  absence: Absence
  health: RequestHandler
  /**
   * Reads the certificate of a card that a proxy in front passes on, and takes the proxy's headers off every request, so that
   * nobody else can set them.
   */
  cards: Router | undefined
  /**
   * Login routes. They come before the body parser and the CSRF guard: SAML messages are read by their own handlers, and are
   * authentic by their signature, not by our token.
   */
  identity: Router
  publicPages: Router
  /** Mounted in this order, each at its path. */
  pages: readonly (readonly [path: string, handler: RequestHandler])[]
  /** The frame of the pages that tell an officer at the desk of a failure. */
  deskFrameOf: DeskFrameOf
}

/** Reads top to bottom as the life of a request, once it is known what it is for, and that it is for no asset or kept page. */
export function createApp(parts: AppParts): RequestListener {
  const assets = assetRoutes(parts.root)
  const pages = createPageCache({ now: () => parts.now().getTime() })
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('trust proxy', parts.trustProxy)
  app.set('views', `${parts.root}/templates`)
  app.set('view engine', 'hbs')
  // Otherwise Express looks for the template's file again at every page.
  app.enable('view cache')
  app.engine('hbs', parts.views.engine)

  app.use((_req, res, next) => {
    // Most pages are personal, and every page names who is logged in: nothing is cached unless its route says so.
    res.setHeader('cache-control', 'no-store')
    next()
  })
  app.use(pages.keep)
  app.use(requestLog(parts.log, parts.newId))
  app.use(securityHeaders({ https: parts.https }))
  app.get('/salute', parts.health)
  if (parts.cards) app.use(parts.cards)
  app.use(compression())
  app.use(parts.tenant)
  const whileAway = publicPagesWhileAway({ ...parts, site: parts.siteOfUnknown })
  app.use(whileAway.atOnce)
  app.use(parts.sessions)
  app.use(parts.site)
  app.use(whileAway.afterFailure)
  app.use(parts.identity)
  const readForm = formReader(FORM)
  app.use(readForm)
  app.use(csrfGuard(readsItsOwnToken))
  app.use(parts.publicPages)
  for (const [path, router] of parts.pages) app.use(path, router)
  app.use(() => {
    throw new AppError('NOT_FOUND', 'No such page')
  })
  app.use(readAfterFailure(readForm))
  app.use(errorHandler(parts.log, parts.deskFrameOf))
  return fewAtOnce(
    oneTarget((req, res) => {
      assets(req, res, () => pages.answer(req, res, () => void app(req, res)))
    }),
  )
}

/**
 * Pages that take files. Their token is the first field of the multipart stream: their own handler checks it, before it reads
 * any file.
 */
const UPLOADS = /^\/(pratiche\/[\w-]+\/(modulo|passo)\/[\w-]+|area-personale\/(deleghe\/procura|firme\/[\w-]+))$/

const readsItsOwnToken = (req: Request): boolean => UPLOADS.test(req.path) && Boolean(req.is('multipart/form-data'))
