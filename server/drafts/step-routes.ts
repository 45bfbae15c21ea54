import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { canVisit, errorAt, firstIncomplete, nextStep, type FieldError, type Form } from '../forms/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import { readForm } from '../documents/index.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { OpenFor } from './draft-access-routes.ts'
import type { DraftService } from './draft-service.ts'
import { revisionOf } from './draft-views.ts'
import type { OpenDraft, SavedStep } from './draft.ts'
import { earlierView, takenConfirmation } from './earlier-views.ts'
import { repeatedFiles } from './repeated-file.ts'
import { leftOutTold, stepPage, type StepPageInput } from './step-views.ts'
import type { PutFile } from './typed.ts'

type Services = { drafts: DraftService; openFor: OpenFor }

/** The data steps of a request: shown, and saved at every press of a button. */
export function stepRoutes({ drafts, openFor }: Services): Router {
  const router = Router()

  router.get('/pratiche/:id/modulo/:step', async (req, res) => {
    const step = param(req, 'step')
    const open = await openFor(req, res, step)
    if (redirectedToOpenStep(open, step, res)) return
    const parked = takeUnsent(req, res)
    if (!parked) {
      await show(req, res, open, { step, errors: [], justSaved: req.query['salvata'] !== undefined })
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
    await show(req, res, { ...open, draft }, { step, errors: [], notes, theirs })
  })

  router.post('/pratiche/:id/modulo/:step', async (req, res) => {
    const step = param(req, 'step')
    const open = await openFor(req, res, step)
    if (redirectedToOpenStep(open, step, res)) return
    const { body: typed, files, refused } = await stepBody(drafts, req, { open, step })
    const action = bodyText(typed, 'action') || 'next'
    const asked = { step, login: citizenLogin(req), body: typed, action }
    const { body, taken, ...given } = await drafts.withEarlier(open, asked)
    const saved = await drafts.saveStep(given.open, {
      step,
      body,
      files,
      revision: revisionOf(body, open),
      lenient: action !== 'next',
    })
    const stays = action === 'next' && (saved.errors.length > 0 || saved.notes.revealed.length > 0)
    if (saved.theirs || stays || refused.length > 0 || saved.leftOut.length > 0) {
      const again = { ...open, draft: saved.draft, files: await drafts.filesOf(saved.draft) }
      const { status, page } = shownAgain(open.procedure.form, { step, saved, refused })
      res.status(status)
      await show(req, res, again, page)
      return
    }
    const next = await nextPage(drafts, { ...open, draft: saved.draft }, { step, action })
    if (taken) confirmAt(req, res, next, takenConfirmation(taken))
    else seeOther(res, next)
  })

  async function show(req: Request, res: Response, open: OpenDraft, page: StepPageInput): Promise<void> {
    const earlier = await drafts.earlier(open, { step: page.step, login: citizenLogin(req) })
    res.render('pages/drafts/step', { ...stepPage(open, page), earlier: earlier && earlierView(earlier) })
  }

  return router
}

/** The buttons that lead back to the same page, with what its address then says. */
const STAYING: ReadonlyMap<string | undefined, string> = new Map([
  ['save', '?salvata'],
  ['reuse', ''],
])

/** Where the pressed button leads, once the step is saved. */
async function nextPage(
  drafts: DraftService,
  open: OpenDraft,
  { step, action }: { step: string; action: string },
): Promise<string> {
  const here = `/pratiche/${open.draft.id}/modulo/${step}`
  const [verb, argument = '', field = argument] = action.split(':')
  if (verb === 'remove-file') await drafts.removeFile(open, argument)
  if (verb === 'list') return `${here}/${argument}`
  const staying = STAYING.get(verb)
  if (staying !== undefined) return `${here}${staying}`
  if (verb === 'upload' || verb === 'remove-file') return backTo(here, field)
  // Back from a change to the summary, which leads to what the change may have left open.
  const next = open.draft.reachedSummary ? null : nextStep(open.procedure.form, step, open.draft.answers)
  return next ? `/pratiche/${open.draft.id}/modulo/${next}` : `/pratiche/${open.draft.id}/riepilogo`
}

/** The page at that field: at its head a person would have to look for what they were doing (WCAG 2.4.3). */
const backTo = (page: string, field: string): string => (/^[\w-]+$/.test(field) ? `${page}#${field}` : page)

type Shown = Readonly<{ step: string; saved: SavedStep; refused: readonly RefusedFile[] }>

/** The page of a step of which something could not be saved as it was sent. */
function shownAgain(form: Form, { step, saved, refused }: Shown) {
  const { notes, theirs, leftOut } = saved
  const told = [
    ...refused.map(({ field, error: { explanation = '' } }) => ({ field, explanation })),
    ...leftOutTold(form, step, saved),
  ].map(({ field, explanation }) => ({ explanation, at: errorAt(form, field, explanation) }))
  const files = onePerField(told.flatMap(({ at }) => at ?? []))
  // A field whose file was refused is not said to be empty as well.
  const others = saved.errors.filter(({ pointer }) => !files.some((file) => file.pointer === pointer))
  const errors = [...files, ...others]
  const incomplete = errors.length > 0 || leftOut.length > 0
  const status = theirs ? 409 : (refused[0]?.error.status ?? (incomplete ? 422 : 200))
  const nowhere = told.flatMap(({ at, explanation }) => (at ? [] : explanation))
  const notice = nowhere.join(' ') || null
  return { status, page: { step, errors, notes, notice, refused: status >= 400, theirs } }
}

const putFile = ({ field, document }: { field: string; document: { id: string } }): PutFile => ({
  name: field,
  documentId: document.id,
})

/** All that is wrong with the files of a field, as one error: one is shown beside it. */
function onePerField(errors: readonly FieldError[]): FieldError[] {
  const all = new Map<string, FieldError>()
  for (const error of errors) {
    const before = all.get(error.pointer)
    all.set(error.pointer, before ? { ...before, message: `${before.message} ${error.message}` } : error)
  }
  return [...all.values()]
}

/** A file that was not taken, and the field for which it came. */
type RefusedFile = Readonly<{ field: string; error: AppError }>

/**
 * The fields and files of a step. Files stream in while the form is being read; one that is refused does not take
 * what was typed with it.
 */
async function stepBody(
  drafts: DraftService,
  req: Request,
  { open, step }: { open: OpenDraft; step: string },
): Promise<{ body: FormBody; files: PutFile[]; refused: RefusedFile[] }> {
  const received: PutFile[] = []
  try {
    const form = await readForm(req, async ({ field, name, stream, fields }) => {
      const body = Object.fromEntries(fields)
      const document = await drafts.receiveFile(open, { step, field, name, stream, body })
      received.push({ name: field, documentId: document.id })
      return document
    })
    // In the order in which the person chose them: they may have arrived in any other.
    const came = form.files.flatMap(({ field, document }) => (document ? [{ field, document }] : []))
    const repeated = repeatedFiles(open, step, came)
    const files = came.filter(({ document }) => repeated.every((other) => other.document !== document)).map(putFile)
    await drafts.forget(open, repeated.map(putFile))
    const refused = [...form.files.flatMap(({ field, error }) => (error ? [{ field, error }] : [])), ...repeated]
    return { body: Object.fromEntries(form.fields), files, refused }
  } catch (error) {
    // Interrupted in a later file: those before it belong to nothing.
    await drafts.forget(open, received)
    throw error
  }
}

/** A step that is unknown, skipped or not yet reached leads to the first one that is open (forms-and-ui.md §3.4). */
function redirectedToOpenStep({ draft, procedure: { form } }: OpenDraft, step: string, res: Response): boolean {
  const known = form.steps.some(({ id }) => id === step)
  if (known && canVisit(form, step, draft.answers)) return false
  seeOther(res, openPageOf(form, draft))
  return true
}

/** The first page on which something is left to do. */
function openPageOf(form: Form, { id, answers }: OpenDraft['draft']): string {
  const target = firstIncomplete(form, answers)
  if (!target) return `/pratiche/${id}/riepilogo`
  // What is stored may be of a step that is skipped. It is put right as a step before it is saved; to send there would
  // send in circles.
  const open = form.steps.findLast((step) => canVisit(form, step.id, answers))
  if (open) return `/pratiche/${id}/modulo/${open.id}`
  throw new AppError('CONFLICT', 'No step of the draft can be opened', {
    explanation:
      'Questa bozza non si può più aprire. Eliminala dalla tua area personale e comincia una nuova richiesta.',
    back: '/area-personale',
  })
}
