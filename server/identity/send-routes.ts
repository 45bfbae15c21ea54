import type { Response } from 'express'
import { allowFormAction } from '../web/security.ts'
import type { Sending } from './bindings.ts'
import { sendPage } from './identity-views.ts'

/** Has the browser bring a message to a provider: a redirect, or a page with a form. */
export function sendMessage(res: Response, sending: Sending, redirectStatus: 302 | 303): void {
  res.set('cache-control', 'no-store')
  if (sending.binding === 'redirect') {
    res.redirect(redirectStatus, sending.url)
    return
  }
  allowFormAction(res, new URL(sending.action).origin)
  res.render('pages/identity/send', sendPage(sending))
}
