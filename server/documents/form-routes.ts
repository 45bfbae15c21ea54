import type { Request } from 'express'
import { AppError } from '../errors.ts'
import { citizenLogin } from '../identity/index.ts'
import { createFewAtOnce } from '../shared/few-at-once.ts'
import { csrfFailure } from '../web/csrf.ts'
import { park } from '../web/park.ts'
import { discardRest, uploadForm, type UploadedForm, type UploadHandlers } from './upload-form.ts'

export const isUpload = (req: Request): boolean => Boolean(req.is('multipart/form-data'))

/** What is refused whatever the form holds is still told only to whoever sends its token, and when the browser has sent its files. */
export async function withToken<Found>(req: Request, find: () => Found): Promise<Found> {
  try {
    return find()
  } catch (failure) {
    await readForm(req, () => {
      throw failure
    })
    throw failure
  }
}

/**
 * Forms with files that one person may be sending. Up to a megabyte of each is held, what was typed and a piece of a file, for as long as
 * its sender wants: a thousand of one account held half a gigabyte.
 */
const MOST = 8
const uploads = createFewAtOnce(MOST)

/**
 * Reads a form that may bring files. Its token comes first and is checked before any byte is kept; when it is wrong the
 * rest is read only to keep what was typed. Throws TOO_MANY_REQUESTS, and keeps nothing, for whoever is sending eight already.
 */
export async function readForm(req: Request, receive: UploadHandlers['receive']): Promise<UploadedForm> {
  if (!isUpload(req)) {
    const body = (req.body ?? {}) as Record<string, string | string[]>
    return { fields: new Map(Object.entries(body)), files: [] }
  }
  const ended = uploads(citizenLogin(req).person.key)
  if (!ended) {
    await discardRest(req)
    throw tooMany()
  }
  let failure: AppError | undefined
  const form = await uploadForm(req, {
    authorize: (fields) => (failure = csrfFailure(req, fields.get('_csrf'))),
    receive: (file) => (failure ? Promise.reject(failure) : receive(file)),
  }).finally(ended)
  const body = Object.fromEntries(form.fields)
  if (failure) {
    park(req, body)
    throw failure
  }
  // As of a form without files: whoever refuses it later may show again what was typed (`textsAgain`).
  req.body = body
  return form
}

const tooMany = (): AppError =>
  new AppError('TOO_MANY_REQUESTS', 'Too many forms with files at once from one person', {
    explanation: 'Stai già inviando otto moduli con file. Aspetta che siano arrivati, poi invia di nuovo questo.',
    retryAfter: 60,
  })
