import type { Request, Response } from 'express'
import { seeOther } from './request.ts'

/**
 * What a person has just done, in a sentence without its full stop, what follows from it, and where one may go on; the first way is the likely one.
 * A warning: it was not done, or not all of it.
 */
type Confirmation = Readonly<{
  type?: 'warning'
  title: string
  text?: readonly string[]
  ways?: readonly Readonly<{ text: string; href: string }>[]
}>

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** What the page at this address is to say, once. */
    confirmation: Confirmation & Readonly<{ page: string }>
  }
}

/**
 * Leads to the page that follows a form (303), which says that it was done. In the session and not in the address: said once, not again
 * when the page is reloaded, kept or sent to somebody; and by its address, so that no page that is opened meanwhile says it instead.
 */
export function confirmAt(req: Request, res: Response, page: string, confirmation: Confirmation): void {
  req.session.confirmation = { page, ...confirmation }
  seeOther(res, page)
}

/** The same of the page that is being made, which says it in this answer only. */
export function tellHere(res: Response, confirmation: Confirmation): void {
  res.locals['site'] = { ...(res.locals['site'] as object), confirmation }
}

/**
 * What the page that is asked for has to say, once; `components/confirmation` shows it. Not to the script that sends files: it follows
 * the answer to that page, and only then opens it for the person.
 */
export function takeConfirmation(req: Request): Confirmation | null {
  const { confirmation } = req.session
  if (req.method !== 'GET' || req.get('x-upload') !== undefined || confirmation?.page !== req.originalUrl) return null
  delete (req.session as Partial<typeof req.session>).confirmation
  return confirmation
}
