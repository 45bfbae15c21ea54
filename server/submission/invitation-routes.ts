import { Router, type Request, type Response } from 'express'
import { SIGNATURES_PLACE, signersSection, type InvitationError, type InvitationService } from '../cosigning/index.ts'
import type { OpenDraft, OpenFor } from '../drafts/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { isEmail, normaliseEmail } from '../shared/italian/index.ts'
import { takeParked } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import type { SubmissionService } from './submission-service.ts'
import { summaryPage } from './summary-views.ts'

type Services = { invitations: InvitationService; submissions: SubmissionService; openFor: OpenFor }

/** The filer invites those whose signature is missing, from the summary, and takes it back. */
export function invitationRoutes({ invitations, submissions, openFor }: Services): Router {
  const router = Router()

  // Whoever had to log in to invite is sent here: nobody is invited yet.
  router.get('/pratiche/:id/firme', async (req, res) => {
    const parked = takeParked(req)
    if (parked) await show(req, res, await openFor(req, res), { ...typedIn(parked), message: AGAIN })
    else seeOther(res, `/pratiche/${param(req, 'id')}/riepilogo#${SIGNATURES_PLACE}`)
  })
  router.get('/pratiche/:id/firme/:invitation/ritira', (req, res) =>
    seeOther(res, `/pratiche/${param(req, 'id')}/riepilogo#${SIGNATURES_PLACE}`),
  )

  /** The summary, with what was typed for an invitation that did not go out. */
  async function show(req: Request, res: Response, open: OpenDraft, error: InvitationError): Promise<void> {
    const login = citizenLogin(req)
    const wanted = await invitations.signatures(open, login)
    const signers = signersSection(wanted, { draft: open.draft.id, cf: login.person.cf, error })
    const defects = await submissions.defects(open, login)
    res.render('pages/submission/summary', summaryPage(open, { defects, signers }))
  }

  router.post('/pratiche/:id/firme', async (req, res) => {
    const open = await openFor(req, res)
    const { document, cf, email: typed } = typedIn(req.body)
    const email = normaliseEmail(typed)
    if (typed !== '' && !isEmail(email)) {
      res.status(422)
      await show(req, res, open, { document, cf, email: typed, message: WRONG_EMAIL })
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
const AGAIN = 'L’accesso era scaduto e l’invito non è partito: premi di nuovo «Invita a firmare».'

const typedIn = (body: unknown) => ({
  document: bodyText(body, 'documento'),
  cf: bodyText(body, 'firmatario'),
  email: bodyText(body, 'email'),
})
