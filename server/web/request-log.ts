import type { RequestHandler } from 'express'
import type { Log } from './error-handler.ts'

/** Gives each request an id (in `res.locals.requestId` and a header) and writes one line when it ends. Paths only: queries may hold what people typed. */
export function requestLog(log: Log, newId: () => string): RequestHandler {
  return (req, res, next) => {
    const requestId = newId()
    const started = process.hrtime.bigint()
    res.locals['requestId'] = requestId
    res.setHeader('x-request-id', requestId)
    res.on('finish', () => {
      const ms = Number(process.hrtime.bigint() - started) / 1e6
      log.info(
        { requestId, method: req.method, path: req.path, status: res.statusCode, ms: Math.round(ms * 10) / 10 },
        'request',
      )
    })
    next()
  }
}
