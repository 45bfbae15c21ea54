import { Router } from 'express'
import { SIGNATURES_PLACE, signersSection, type InvitationService } from '../cosigning/index.ts'
import type { OpenFor } from '../drafts/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { isEmail, normaliseEmail } from '../shared/italian/index.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import type { SubmissionService } from './submission-service.ts'
import { summaryPage } from './summary-views.ts'

type Services = { invitations: InvitationService; submissions: SubmissionService; openFor: OpenFor }

/** The filer invites those whose signature is missing, from the summary, and takes it back. */
export function invitationRoutes({ invitations, submissions, openFor }: Services): Router {
  const router = Router()

  // Whoever had to log in to invite is sent here.
  router.get(['/pratiche/:id/firme', '/pratiche/:id/firme/:invitation/ritira'], (req, res) =>
    seeOther(res, `/pratiche/${param(req, 'id')}/riepilogo#${SIGNATURES_PLACE}`),
  )

  router.post('/pratiche/:id/firme', async (req, res) => {
    const login = citizenLogin(req)
    const open = await openFor(req, res)
    const body: unknown = req.body
    const [document, cf, typed] = [bodyText(body, 'documento'), bodyText(body, 'firmatario'), bodyText(body, 'email')]
    const email = normaliseEmail(typed)
    if (typed !== '' && !isEmail(email)) {
      const message = 'L’indirizzo e-mail non è corretto: controllalo, o lascialo vuoto.'
      const error = { document, cf, email: typed, message }
      const signers = signersSection(await invitations.signatures(open, login), {
        draft: open.draft.id,
        cf: login.person.cf,
        error,
      })
      const defects = await submissions.defects(open, login)
      res.status(422).render('pages/submission/summary', summaryPage(open, { defects, signers }))
      return
    }
    await invitations.invite(open, login, { document, cf, email: typed === '' ? null : email })
    seeOther(res, `/pratiche/${open.draft.id}/riepilogo#${SIGNATURES_PLACE}`)
  })

  router.post('/pratiche/:id/firme/:invitation/ritira', async (req, res) => {
    const open = await openFor(req, res)
    await invitations.withdraw(open, param(req, 'invitation'))
    seeOther(res, `/pratiche/${open.draft.id}/riepilogo#${SIGNATURES_PLACE}`)
  })

  return router
}
