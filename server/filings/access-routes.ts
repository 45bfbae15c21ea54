import type { Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import { param } from '../web/request.ts'
import type { DraftService, OpenDraft } from './draft-service.ts'
import { isUpload, uploadForm } from '../documents/index.ts'
import { citizenLogin, loginOf, type Level, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
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
export const requirePerson: RequestHandler = (req, _res, next) => {
  citizenLogin(req, 2)
  next()
}

/** Asks for a stronger login where the procedure wants one; the person continues where they were. */
export function assertLevel(login: Login | undefined, level: Level): void {
  if (!login || login.level < level) throw new AppError('NOT_LOGGED_IN', `Level ${level} needed`, { level })
}

/** `step`: only the page of that step is wanted, so files are read only if it asks for some. */
export type OpenFor = (req: Request, res: Response, step?: string) => Promise<OpenDraft>

/** The draft that the address names, if it is this person's and their login is strong enough for its procedure. */
export const openDraftOf =
  (drafts: DraftService): OpenFor =>
  async (req, res, step) => {
    const login = citizenLogin(req)
    const open = await drafts.open(municipalityOf(res).id, param(req, 'id'), login, step)
    assertLevel(login, open.procedure.login.level)
    return open
  }
