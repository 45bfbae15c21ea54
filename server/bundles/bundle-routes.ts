import { Router, type Response } from 'express'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../errors.ts'
import { citizenLogin } from '../identity/index.ts'
import { citizenOf } from '../filings/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { createFewAtOnce } from '../shared/few-at-once.ts'
import { param } from '../web/request.ts'
import type { Bundle, Bundles } from './bundle-service.ts'

/** The filer's way to their bundle; the office's is on the desk. */
export function bundleRoutes({ bundles }: { bundles: Bundles }): Router {
  const router = Router()
  router.get('/pratiche/:id/fascicolo.zip', async (req, res) => {
    const actor = citizenOf(citizenLogin(req, 2))
    const municipality = municipalityOf(res)
    await sendBundle(res, await bundles.open(municipality, param(req, 'id'), actor), actor.owner)
  })
  return router
}

/** Archives that one person may have under way: each is put together from the whole of the person's papers, or sealed. */
const MOST = 2

const archives = createFewAtOnce(MOST)

/**
 * Sends a bundle to be saved, to whoever has fewer than two under way; throws TOO_MANY_REQUESTS for the others: three hundred for one
 * person took all of the database for a quarter of a minute. Its length is unknown until its end; if something fails on the way the
 * connection is cut, so that no browser keeps half a file.
 */
export async function sendBundle(res: Response, { name, make }: Bundle, person: string): Promise<void> {
  const headers = attachmentHeaders(name, 'application/zip')
  if (res.req.method === 'HEAD') {
    res.set(headers).end()
    return
  }
  const ended = archives(person)
  if (!ended) throw tooMany()
  try {
    const stream = await make()
    res.set(headers)
    await pipeline(stream, res)
  } finally {
    ended()
  }
}

const tooMany = (): AppError =>
  new AppError('TOO_MANY_REQUESTS', 'Too many archives at once for one person', {
    explanation: 'Stai già scaricando due archivi. Aspetta che siano arrivati, poi riprova.',
    retryAfter: 60,
  })
