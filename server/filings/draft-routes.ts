import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { canVisit, firstIncomplete, journey, nextStep } from '../forms/index.ts'
import { loginOf } from '../identity/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import type { DraftService, OpenDraft, SavedStep } from './draft-service.ts'
import { FOUND_AGAIN, leftOutNotice, privacyPage, revisionOf, stepPage, summaryPage } from './draft-views.ts'
import type { FilingService } from './filing-service.ts'
import { itemRoutes } from './item-routes.ts'
import { assertLevel, bodyText, municipalityOf, parkForm, personOf, readForm, requirePerson } from './access-routes.ts'
import type { SubmissionService } from './submission-service.ts'
import type { Body, PutFile } from './typed.ts'

type Services = {
  drafts: DraftService
  submissions: SubmissionService
  filings: FilingService
  catalogue: Catalogue
  newId: () => string
}

/** Filling in a request, from the privacy notice to sending it. Every POST answers with a redirect or with the same page and its errors. */
export function draftRoutes({ drafts, submissions, filings, catalogue, newId }: Services): Router {
  const router = Router()
  router.use('/servizi/:procedure/avvia', parkForm)
  router.use('/pratiche', parkForm, requirePerson)

  router.get('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(loginOf(req), procedure.login.level)
    const login = personOf(req)
    const own = await filings.draftsOf(municipality.id, login, procedure.id)
    res.render('pages/filings/privacy', privacyPage(procedure, municipality, { key: newId(), drafts: own }))
  })

  router.post('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(loginOf(req), procedure.login.level)
    const login = personOf(req)
    if (bodyText(req.body, 'privacy') !== 'letta') {
      const own = await filings.draftsOf(municipality.id, login, procedure.id)
      res.status(422).render('pages/filings/privacy', {
        ...privacyPage(procedure, municipality, { key: bodyText(req.body, 'chiave') || newId(), drafts: own }),
        error: true,
      })
      return
    }
    const draft = await drafts.begin(municipality.id, procedure.id, login, bodyText(req.body, 'chiave') || newId())
    seeOther(res, `/pratiche/${draft.id}/modulo/${journey(procedure.form, draft.answers)[0]?.id ?? ''}`)
  })

  router.get('/pratiche/:id/modulo/:step', async (req, res) => {
    const open = await openFor(req, res)
    const step = param(req, 'step')
    if (redirectedToOpenStep(open, step, res)) return
    const parked = takeParked(req)
    if (!parked) {
      res.render(
        'pages/filings/step',
        stepPage(open, { step, errors: [], justSaved: req.query['salvata'] !== undefined }),
      )
      return
    }
    const saved = await drafts.saveStep(open, {
      step,
      body: parked,
      files: [],
      revision: revisionOf(parked, open),
      lenient: true,
    })
    const { draft, notes, theirs } = saved
    res.render(
      'pages/filings/step',
      stepPage({ ...open, draft }, { step, errors: [], notes, theirs, notice: FOUND_AGAIN }),
    )
  })

  router.post('/pratiche/:id/modulo/:step', async (req, res) => {
    const step = param(req, 'step')
    const open = await openFor(req, res)
    if (redirectedToOpenStep(open, step, res)) return
    const { body, files, refused } = await stepBody(req, open, step)
    const action = bodyText(body, 'action') || 'next'
    const saved = await drafts.saveStep(open, {
      step,
      body,
      files,
      revision: revisionOf(body, open),
      lenient: action !== 'next',
    })
    const stays = action === 'next' && (saved.errors.length > 0 || saved.notes.revealed.length > 0)
    if (saved.theirs || stays || refused.length > 0 || saved.leftOut.length > 0) {
      showAgain(
        res,
        { ...open, draft: saved.draft, files: await drafts.filesOf(saved.draft) },
        { step, saved, refused },
      )
      return
    }
    await afterSave(res, { ...open, draft: saved.draft }, { step, action })
  })

  async function afterSave(
    res: Response,
    open: OpenDraft,
    { step, action }: { step: string; action: string },
  ): Promise<void> {
    const here = `/pratiche/${open.draft.id}/modulo/${step}`
    const [verb, argument = ''] = action.split(':')
    if (verb === 'remove-file') await drafts.removeFile(open, argument)
    if (verb === 'list') return seeOther(res, `${here}/${argument}`)
    if (verb === 'save') return seeOther(res, `${here}?salvata`)
    if (verb === 'upload' || verb === 'remove-file') return seeOther(res, here)
    const next = nextStep(open.procedure.form, step, open.draft.answers)
    return seeOther(res, next ? `/pratiche/${open.draft.id}/modulo/${next}` : `/pratiche/${open.draft.id}/riepilogo`)
  }

  function showAgain(
    res: Response,
    open: OpenDraft,
    { step, saved, refused }: { step: string; saved: SavedStep; refused: AppError[] },
  ): void {
    const incomplete = saved.errors.length > 0 || saved.leftOut.length > 0
    const status = saved.theirs ? 409 : (refused[0]?.status ?? (incomplete ? 422 : 200))
    const notices = [...refused.map(({ explanation }) => explanation), leftOutNotice(saved)].filter(Boolean)
    res.status(status).render(
      'pages/filings/step',
      stepPage(open, {
        step,
        errors: saved.errors,
        notes: saved.notes,
        notice: notices.join(' ') || null,
        theirs: saved.theirs,
      }),
    )
  }

  /**
   * The fields and files of a step. Files stream in while the form is being read; one that is refused does not take
   * what was typed with it.
   */
  async function stepBody(
    req: Request,
    open: OpenDraft,
    step: string,
  ): Promise<{ body: Body; files: PutFile[]; refused: AppError[] }> {
    const files: PutFile[] = []
    try {
      const form = await readForm(req, async ({ field, name, stream, fields }) => {
        const body = Object.fromEntries(fields)
        const document = await drafts.receiveFile(open, { step, field, name, stream, body })
        files.push({ name: field, documentId: document.id })
        return document
      })
      const refused = form.files.flatMap(({ error }) => error ?? [])
      return { body: Object.fromEntries(form.fields), files, refused }
    } catch (error) {
      // Interrupted in a later file: those before it belong to nothing.
      await drafts.forget(open.draft, files)
      throw error
    }
  }

  router.use(itemRoutes({ drafts, openFor }))

  router.get('/pratiche/:id/riepilogo', async (req, res) => {
    const open = await openFor(req, res)
    const missing = firstIncomplete(open.procedure.form, open.draft.answers)
    if (missing) {
      seeOther(res, `/pratiche/${open.draft.id}/modulo/${missing}`)
      return
    }
    res.render('pages/filings/summary', summaryPage(open, await submissions.defects(open, personOf(req))))
  })

  // Whoever had to log in to send is sent here.
  router.get('/pratiche/:id/invia', (req, res) => seeOther(res, `/pratiche/${param(req, 'id')}`))

  router.post('/pratiche/:id/invia', async (req, res) => {
    const municipality = municipalityOf(res)
    const id = param(req, 'id')
    const login = personOf(req)
    const filing = await submissions.submit(municipality, id, login, () => openFor(req, res))
    seeOther(res, `/pratiche/${filing.id}/inviata`)
  })

  router.get('/pratiche/:id/elimina', async (req, res) => {
    const { draft } = await openFor(req, res)
    res.render('pages/filings/discard', {
      title: 'Elimina la bozza',
      heading: draft.procedure.title,
      action: `/pratiche/${draft.id}/elimina`,
      back: '/area-personale',
    })
  })

  router.post('/pratiche/:id/elimina', async (req, res) => {
    await drafts.discard(municipalityOf(res).id, param(req, 'id'), personOf(req))
    seeOther(res, '/area-personale')
  })

  async function openFor(req: Request, res: Response): Promise<OpenDraft> {
    const login = personOf(req)
    const open = await drafts.open(municipalityOf(res).id, param(req, 'id'), login)
    assertLevel(login, open.procedure.login.level)
    return open
  }

  return router
}

/** A step that is unknown, skipped or not yet reached leads to the first one that is open (forms-and-ui.md §3.4). */
function redirectedToOpenStep({ draft, procedure: { form } }: OpenDraft, step: string, res: Response): boolean {
  const known = form.steps.some(({ id }) => id === step)
  if (known && canVisit(form, step, draft.answers)) return false
  const target = firstIncomplete(form, draft.answers)
  seeOther(res, target ? `/pratiche/${draft.id}/modulo/${target}` : `/pratiche/${draft.id}/riepilogo`)
  return true
}
