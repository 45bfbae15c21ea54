import { Router, type RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import { isUpload, uploadForm } from '../documents/index.ts'
import { citizenLogin, loginOf } from '../identity/index.ts'
import { formBegins } from '../web/form-reader.ts'
import { parkWithout } from '../web/park.ts'

/** A session that ended while a form was being filled in: its texts wait for the login, its files must be chosen again. */
export const parkForm: RequestHandler = parkWithout(loginOf, async (req) => {
  if (!isUpload(req)) return req.body as unknown
  const notKept = new AppError('NOT_LOGGED_IN', 'Files of an ended session are not kept')
  const ended = formBegins(req)
  const form = uploadForm(req, { authorize: () => undefined, receive: () => Promise.reject(notKept) }).finally(ended)
  return Object.fromEntries((await form).fields)
})

/**
 * Most procedures want level 2: whoever is not logged in is asked for it at once, so as not to be asked twice. A session of
 * level 1 may go on, to procedures that want no more.
 */
const requirePerson: RequestHandler = (req, _res, next) => {
  citizenLogin(req, 2)
  next()
}

/** Stands before all pages of a citizen's filings, and before those of the personal area that have no guard of their own. */
export function citizenGuard(): Router {
  const router = Router()
  router.use('/servizi/:procedure/avvia', parkForm)
  router.use(['/area-personale', '/pratiche'], parkForm, requirePerson)
  return router
}
