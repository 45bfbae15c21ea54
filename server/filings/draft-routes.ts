import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { uploadForm } from '../documents/index.ts'
import { firstIncomplete, journey } from '../forms/index.ts'
import { loginOf, requireLogin } from '../identity/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { checkCsrf } from '../web/csrf.ts'
import { parkWithout, takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import type { DraftService, OpenDraft, SavedStep } from './draft-service.ts'
import { privacyPage, stepPage, summaryPage } from './draft-views.ts'
import type { FilingService } from './filing-service.ts'
import { assertLevel, bodyText, municipalityOf, personOf } from './request-context.ts'
import type { SubmissionService } from './submission-service.ts'

type Services = { drafts: DraftService; submissions: SubmissionService; filings: FilingService; catalogue: Catalogue; newId: () => string }

/** Filling in a request, from the privacy notice to sending it. Every POST answers with a redirect or with the same page and its errors. */
export function draftRoutes({ drafts, submissions, filings, catalogue, newId }: Services): Router {
  const router = Router()
  router.use(parkWithout(loginOf), requireLogin())

  router.get('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const login = personOf(req)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(login, procedure.login.level)
    const own = await filings.draftsOf(municipality.id, login, procedure.id)
    res.render('pages/filings/privacy', privacyPage(procedure, municipality, { key: newId(), drafts: own }))
  })

  router.post('/servizi/:procedure/avvia', async (req, res) => {
    const municipality = municipalityOf(res)
    const login = personOf(req)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    assertLevel(login, procedure.login.level)
    if (bodyText(req.body, 'privacy') !== 'letta') {
      const own = await filings.draftsOf(municipality.id, login, procedure.id)
      res.status(422).render('pages/filings/privacy', { ...privacyPage(procedure, municipality, { key: bodyText(req.body, 'chiave') || newId(), drafts: own }), error: true })
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
      res.render('pages/filings/step', stepPage(open, { step, files: open.files, errors: [], justSaved: req.query['salvata'] !== undefined }))
      return
    }
    const saved = await drafts.saveStep(open, { step, body: parked, revision: open.draft.revision, lenient: true })
    const notice = 'La sessione era scaduta: abbiamo ritrovato quello che avevi scritto. Controllalo e continua.'
    res.render('pages/filings/step', stepPage({ ...open, draft: saved.draft }, { step, files: open.files, errors: [], notice }))
  })

  router.post('/pratiche/:id/modulo/:step', async (req, res) => {
    const step = param(req, 'step')
    const before = await openFor(req, res)
    const { body, files } = await stepBody(req, before)
    const open = await openFor(req, res)
    if (redirectedToOpenStep(open, step, res)) return
    const action = bodyText(body, 'action')
    const lenient = action !== 'next' && action !== ''
    const saved = await drafts.saveStep(open, { step, body, revision: revisionOf(body, { before, after: open, added: files.added }), lenient })
    if (saved.conflictWith || saved.errors.length > 0 || files.refused.length > 0) {
      showAgain(res, open, { step, saved, refused: files.refused })
      return
    }
    await afterSave(req, res, { open, step, action, saved })
  })

  async function afterSave(req: Request, res: Response, { open, step, action, saved }: { open: OpenDraft; step: string; action: string; saved: SavedStep }): Promise<void> {
    const here = `/pratiche/${open.draft.id}/modulo/${step}`
    const [verb, argument = ''] = action.split(':')
    if (verb === 'remove-file') await drafts.removeFile(open.draft.municipality, open.draft.id, personOf(req), argument)
    if (verb === 'save') return seeOther(res, `${here}?salvata`)
    if (verb === 'upload' || verb === 'remove-file') return seeOther(res, `${here}#${argument}`)
    if (verb === 'list') return seeOther(res, `${here}/${argument}`)
    const next = nextStep({ ...open, draft: saved.draft }, step)
    return seeOther(res, next ? `/pratiche/${open.draft.id}/modulo/${next}` : `/pratiche/${open.draft.id}/riepilogo`)
  }

  function showAgain(res: Response, open: OpenDraft, { step, saved, refused }: { step: string; saved: SavedStep; refused: AppError[] }): void {
    const [first] = refused
    const status = saved.conflictWith ? 409 : first ? first.status : 422
    const notice = refused.map(({ explanation }) => explanation).join(' ') || null
    res.status(status).render('pages/filings/step', stepPage({ ...open, draft: { ...saved.draft, revision: open.draft.revision + (saved.conflictWith ? 0 : 1) } }, { step, files: open.files, errors: saved.errors, saved, notice }))
  }

  /**
   * The fields of a step. Files stream into the draft while the form is being read; one that is refused does not
   * take what was typed with it. The token comes first, and is checked before any byte is kept.
   */
  async function stepBody(req: Request, { draft }: OpenDraft): Promise<{ body: Record<string, unknown>; files: { added: number; refused: AppError[] } }> {
    if (!req.is('multipart/form-data')) return { body: (req.body ?? {}) as Record<string, unknown>, files: { added: 0, refused: [] } }
    const login = personOf(req)
    const form = await uploadForm(req, {
      authorize: (fields) => checkCsrf(req, fields.get('_csrf')),
      receive: ({ field, name, stream }) => drafts.addFile(draft.municipality, draft.id, login, { field, name, stream }),
    })
    const refused = form.files.flatMap((file) => ('error' in file ? [file.error] : []))
    return { body: Object.fromEntries(form.fields), files: { added: form.files.length - refused.length, refused } }
  }

  router.get('/pratiche/:id/riepilogo', async (req, res) => {
    const open = await openFor(req, res)
    const missing = firstIncomplete(open.procedure.form, open.draft.answers)
    if (missing) {
      seeOther(res, `/pratiche/${open.draft.id}/modulo/${missing}`)
      return
    }
    res.render('pages/filings/summary', summaryPage(open, submissions.defects(open, personOf(req))))
  })

  router.post('/pratiche/:id/invia', async (req, res) => {
    const municipality = municipalityOf(res)
    const id = param(req, 'id')
    const login = personOf(req)
    const filing = await submissions.submit(municipality, id, login, () => openFor(req, res))
    seeOther(res, `/pratiche/${filing.id}/inviata`)
  })

  router.get('/pratiche/:id/elimina', async (req, res) => {
    const { draft } = await openFor(req, res)
    res.render('pages/filings/discard', { title: 'Elimina la bozza', heading: draft.procedure.title, action: `/pratiche/${draft.id}/elimina`, back: '/area-personale' })
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
function redirectedToOpenStep({ draft, procedure }: OpenDraft, step: string, res: Response): boolean {
  const steps = journey(procedure.form, draft.answers)
  const wanted = steps.find(({ id }) => id === step)
  const reachable = wanted && wanted.state !== 'skipped' && (wanted.state !== 'todo' || step === firstIncomplete(procedure.form, draft.answers))
  if (reachable) return false
  const target = firstIncomplete(procedure.form, draft.answers)
  seeOther(res, target ? `/pratiche/${draft.id}/modulo/${target}` : `/pratiche/${draft.id}/riepilogo`)
  return true
}

function nextStep({ draft, procedure }: OpenDraft, step: string): string | undefined {
  const visible = journey(procedure.form, draft.answers).filter(({ state }) => state !== 'skipped')
  return visible[visible.findIndex(({ id }) => id === step) + 1]?.id
}

/** The revision that the page was made from. Files of this same request raised it meanwhile: they are no other tab. */
function revisionOf(body: Record<string, unknown>, { before, after, added }: { before: OpenDraft; after: OpenDraft; added: number }): number {
  const text = bodyText(body, 'revision')
  const given = text === '' ? before.draft.revision : Number(text)
  const onlyFiles = given === before.draft.revision && after.draft.revision === before.draft.revision + added
  return onlyFiles ? after.draft.revision : given
}
