import type { Request } from 'express'
import type { AppError } from '../errors.ts'
import { csrfFailure } from '../web/csrf.ts'
import { park } from '../web/park.ts'
import { uploadForm, type UploadedForm, type UploadHandlers } from './upload-form.ts'

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
 * Reads a form that may bring files. Its token comes first and is checked before any byte is kept; when it is wrong the
 * rest is read only to keep what was typed.
 */
export async function readForm(req: Request, receive: UploadHandlers['receive']): Promise<UploadedForm> {
  if (!isUpload(req)) {
    const body = (req.body ?? {}) as Record<string, string | string[]>
    return { fields: new Map(Object.entries(body)), files: [] }
  }
  let failure: AppError | undefined
  const form = await uploadForm(req, {
    authorize: (fields) => (failure = csrfFailure(req, fields.get('_csrf'))),
    receive: (file) => (failure ? Promise.reject(failure) : receive(file)),
  })
  if (!failure) return form
  park(req, Object.fromEntries(form.fields))
  throw failure
}
