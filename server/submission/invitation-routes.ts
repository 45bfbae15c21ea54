import { Router } from 'express'
import { SIGNATURES_PLACE, type InvitationService } from '../cosigning/index.ts'
import type { OpenFor } from '../drafts/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { isEmail, normaliseEmail } from '../shared/italian/index.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import { showSummary } from './sending-routes.ts'
import type { SubmissionService } from './submission-service.ts'

type Services = { invitations: InvitationService; submissions: SubmissionService; openFor: OpenFor }

/** The filer invites those whose signature is missing, from the summary, and takes it back. */
export function invitationRoutes(services: Services): Router {
  const { invitations, openFor } = services
  const router = Router()

  // Whoever had to log in to invite is sent here: nobody is invited yet.
  router.get('/pratiche/:id/firme', async (req, res) => {
    const parked = takeUnsent(req, res)
    const error = parked && { ...typedIn(parked), message: null }
    if (error) await showSummary(services, req, res, { open: await openFor(req, res), error })
    else seeOther(res, `/pratiche/${param(req, 'id')}/riepilogo#${SIGNATURES_PLACE}`)
  })
  router.get('/pratiche/:id/firme/:invitation/ritira', (req, res) =>
    seeOther(res, `/pratiche/${param(req, 'id')}/riepilogo#${SIGNATURES_PLACE}`),
  )

  router.post('/pratiche/:id/firme', async (req, res) => {
    const open = await openFor(req, res)
    const { document, cf, email: typed } = typedIn(req.body)
    const email = normaliseEmail(typed)
    if (typed !== '' && !isEmail(email)) {
      res.status(422)
      await showSummary(services, req, res, { open, error: { document, cf, email: typed, message: WRONG_EMAIL } })
      return
    }
    await invitations.invite(open, citizenLogin(req), { document, cf, email: typed === '' ? null : email })
    seeOther(res, `/pratiche/${open.draft.id}/riepilogo#${SIGNATURES_PLACE}`)
  })

  router.post('/pratiche/:id/firme/:invitation/ritira', async (req, res) => {
    const open = await openFor(req, res)
    await invitations.withdraw(open, param(req, 'invitation'))
    seeOther(res, `/pratiche/${open.draft.id}/riepilogo#${SIGNATURES_PLACE}`)
  })

  return router
}

const WRONG_EMAIL = 'L’indirizzo e-mail non è corretto: controllalo, o lascialo vuoto.'

const typedIn = (body: unknown) => ({
  document: bodyText(body, 'documento'),
  cf: bodyText(body, 'firmatario'),
  email: bodyText(body, 'email'),
})
