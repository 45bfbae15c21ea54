import { Router, type Response } from 'express'
import { pipeline } from 'node:stream/promises'
import { citizenLogin } from '../identity/index.ts'
import { citizenOf } from '../filings/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { param } from '../web/request.ts'
import type { Bundle, Bundles } from './bundle-service.ts'

/** The filer's way to their bundle; the office's is on the desk. */
export function bundleRoutes({ bundles }: { bundles: Bundles }): Router {
  const router = Router()
  router.get('/pratiche/:id/fascicolo.zip', async (req, res) => {
    const actor = citizenOf(citizenLogin(req, 2))
    const municipality = municipalityOf(res)
    await sendBundle(res, await bundles.open(municipality, param(req, 'id'), actor))
  })
  return router
}

/**
 * Sends a bundle to be saved. Its length is unknown until its end; if something fails on the way the connection is cut, so
 * that no browser keeps half a file.
 */
export async function sendBundle(res: Response, { name, make }: Bundle): Promise<void> {
  const headers = attachmentHeaders(name, 'application/zip')
  if (res.req.method === 'HEAD') {
    res.set(headers).end()
    return
  }
  const stream = await make()
  res.set(headers)
  await pipeline(stream, res)
}
