import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { withoutSecrets } from './park.ts'
import { bodyText, isSentFromHere } from './request.ts'

/** A field of a form as it was sent. */
type Field = Readonly<{ name: string; value: string }>

/**
 * Reads what a form sent when the failure came before its reader, as that of the session does: so that the page of the failure can hold
 * it. `read` passes on whatever it could read; the failure stays what it was.
 */
export const readAfterFailure =
  (read: RequestHandler): ErrorRequestHandler =>
  (error: unknown, req, res, next) => {
    if (req.method === 'POST' && req.body === undefined && !req.readableEnded && isSentFromHere(req))
      void read(req, res, () => next(error))
    else next(error)
  }

/**
 * The fields of a form that could not be taken, to be sent again from the page that says so: nothing else has them, and a
 * browser that goes back asks for the form anew. Its files cannot be among them. Null when there is nothing to hold.
 */
export function fieldsAgain(req: Request): readonly Field[] | null {
  const body: unknown = req.body
  if (req.method !== 'POST' || typeof body !== 'object' || body === null || !isSentFromHere(req)) return null
  const fields = Object.entries(withoutSecrets(body)).flatMap(([name, value]): Field[] =>
    [value].flat().flatMap((one) => (typeof one === 'string' ? [{ name, value: one }] : [])),
  )
  return fields.length > 0 && req.is('urlencoded') ? fields : null
}

/** The names of the free texts of our forms, which nobody writes twice gladly. */
const TEXTS: readonly string[] = ['testo', 'motivo', 'risposta']

/**
 * The free texts of a form that was refused for good, as when its filing has gone on meanwhile: to be copied from the page that says so.
 * None where the page of the form shows them again itself (`park`).
 */
export function textsAgain(req: Request): readonly string[] {
  const isParked = (req.session as typeof req.session | undefined)?.parked?.path === req.originalUrl
  if (req.method !== 'POST' || isParked || !isSentFromHere(req)) return []
  return TEXTS.map((name) => bodyText(req.body, name)).filter((text) => text !== '')
}
