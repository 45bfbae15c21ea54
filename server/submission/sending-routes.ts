import { Router, type Request, type Response } from 'express'
import { signersSection, type InvitationError, type InvitationService } from '../cosigning/index.ts'
import { revisionOf, type OpenDraft, type OpenFor } from '../drafts/index.ts'
import { AppError } from '../errors.ts'
import { firstIncomplete } from '../forms/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { FormBody } from '../shared/form-body.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import type { SubmissionService } from './submission-service.ts'
import { summaryPage } from './summary-views.ts'

type SummaryServices = { submissions: SubmissionService; invitations: InvitationService }
type Services = SummaryServices & { openFor: OpenFor }

type Shown = Readonly<{
  open: OpenDraft
  justSaved?: boolean
  /** Of an invitation to sign that did not go out. */
  error?: InvitationError
  /** It is not what the person had before them when they sent it. */
  isChanged?: boolean
}>

/** The summary of a draft, with what keeps it from being sent. */
export async function showSummary(
  { submissions, invitations }: SummaryServices,
  req: Request,
  res: Response,
  { open, justSaved = false, error, isChanged = false }: Shown,
): Promise<void> {
  const login = citizenLogin(req)
  const wanted = await invitations.signatures(open, login)
  const signers = signersSection(wanted, { draft: open.draft.id, cf: login.person.cf, error })
  const defects = await submissions.defects(open, login)
  res.render('pages/submission/summary', summaryPage(open, { defects, signers, justSaved, isChanged }))
}

/** The draft is read once more, and sent. */
export function sendingRoutes(services: Services): Router {
  const { submissions, openFor } = services
  const router = Router()

  router.get('/pratiche/:id/riepilogo', async (req, res) => {
    const open = await openFor(req, res)
    const missing = firstIncomplete(open.procedure.form, open.draft.answers)
    if (missing) {
      seeOther(res, `/pratiche/${open.draft.id}/modulo/${missing}`)
      return
    }
    await showSummary(services, req, res, { open, justSaved: req.query['salvata'] !== undefined })
  })

  // Whoever had to log in to send is sent here.
  router.get('/pratiche/:id/invia', (req, res) => seeOther(res, `/pratiche/${param(req, 'id')}`))

  router.post('/pratiche/:id/invia', async (req, res) => {
    const municipality = municipalityOf(res)
    const id = param(req, 'id')
    if (bodyText(req.body, 'action') === 'save') {
      // Nothing was typed here: each step was saved when it was left.
      seeOther(res, `/pratiche/${id}/riepilogo?salvata`)
      return
    }
    const login = citizenLogin(req)
    const asShown = async () => asShownOn((req.body ?? {}) as FormBody, await openFor(req, res))
    try {
      const filing = await submissions.submit(municipality, id, login, asShown)
      seeOther(res, `/pratiche/${filing.id}/inviata`)
    } catch (error) {
      if (!(error instanceof AppError) || !isOutdated(error)) throw error
      res.status(error.status)
      await showSummary(services, req, res, { open: await openFor(req, res), isChanged: true })
    }
  })

  return router
}

/**
 * The draft, if it is still what the person read: they answer for what they declare (DPR 445/2000 art. 76), not for what another tab made
 * of it since. Throws CONFLICT, which `isOutdated` knows.
 */
function asShownOn(body: FormBody, open: OpenDraft): OpenDraft {
  if (revisionOf(body, open) === open.draft.revision) return open
  throw new AppError('CONFLICT', 'The draft is not what the summary showed', { isOutdated: true })
}

const isOutdated = (error: AppError): boolean => error.details['isOutdated'] === true
