import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { stepOfList, type ItemPlace } from '../forms/index.ts'
import { takeUnsent } from '../web/park.ts'
import { param, seeOther } from '../web/request.ts'
import type { FormBody } from '../shared/form-body.ts'
import type { DraftService } from './draft-service.ts'
import { revisionOf } from './draft-views.ts'
import type { OpenDraft, SavedItem } from './draft.ts'
import { emptiedPath, itemPage, listPath, removeItemPage } from './item-views.ts'

type Services = { drafts: DraftService; openFor: (req: Request, res: Response) => Promise<OpenDraft> }

/** One item of a list has a page of its own, and a question before it goes: both work without a script (forms-and-ui.md §3.6). */
export function itemRoutes({ drafts, openFor }: Services): Router {
  const router = Router()

  router.get('/pratiche/:id/modulo/:step/:list/:item', async (req, res) => {
    const open = await openItem(req, res)
    const parked = takeUnsent(req, res)
    if (!parked) {
      res.render('pages/drafts/item', itemPage(open, { step: param(req, 'step'), place: placeOf(req), errors: [] }))
      return
    }
    await save(req, res, { open, body: parked, lenient: true })
  })

  router.post('/pratiche/:id/modulo/:step/:list/:item', async (req, res) => {
    const open = await openItem(req, res)
    await save(req, res, { open, body: (req.body ?? {}) as FormBody, lenient: false })
  })

  /**
   * Goes back to the list; or shows the page again, with its errors, with what another tab saved, or (`lenient`) as it was
   * parked.
   */
  async function save(
    req: Request,
    res: Response,
    { open, body, lenient }: { open: OpenDraft; body: FormBody; lenient: boolean },
  ): Promise<void> {
    const step = param(req, 'step')
    const place = placeOf(req)
    const saved = await drafts.saveItem(open, place, { body, revision: revisionOf(body, open), step })
    const next = lenient ? null : afterSaving(saved, body['action'], { draft: open.draft, step, place })
    if (next !== null) {
      seeOther(res, next)
      return
    }
    const { draft, item, notes, theirs } = saved
    const shown = { step, place: { ...place, item }, errors: lenient ? [] : saved.errors, notes, theirs }
    // What could not be saved is posted again to the address from which it came.
    const page = { ...shown, to: theirs ? place : shown.place }
    res.status(statusOf(shown)).render('pages/drafts/item', itemPage({ ...open, draft }, page))
  }

  router.get('/pratiche/:id/modulo/:step/:list/:item/elimina', async (req, res) => {
    const open = await openItem(req, res)
    res.render(
      'pages/drafts/remove-item',
      removeItemPage(open, { step: param(req, 'step'), place: placeOf(req), emptied: req.query['vuoto'] === '1' }),
    )
  })

  router.post('/pratiche/:id/modulo/:step/:list/:item/elimina', async (req, res) => {
    const open = await openItem(req, res)
    await drafts.removeItem(open, param(req, 'step'), placeOf(req))
    seeOther(res, listPath(open.draft, param(req, 'step'), param(req, 'list')))
  })

  async function openItem(req: Request, res: Response): Promise<OpenDraft> {
    const open = await openFor(req, res)
    if (stepOfList(open.procedure.form, param(req, 'list')) !== param(req, 'step'))
      throw new AppError('NOT_FOUND', 'No such list in this step')
    return open
  }

  return router
}

type At = Readonly<{ draft: OpenDraft['draft']; step: string; place: ItemPlace }>

/** Where an item that was sent leads; null when its page is shown again. */
function afterSaving({ emptied, theirs, errors, notes }: SavedItem, action: unknown, { draft, step, place }: At) {
  if (theirs) return null
  if (emptied) return emptiedPath(draft, step, place)
  const isDone = action === 'save' || (errors.length === 0 && notes.revealed.length === 0)
  return isDone ? listPath(draft, step, place.name) : null
}

function statusOf({ theirs, errors }: Pick<SavedItem, 'theirs' | 'errors'>): number {
  if (theirs) return 409
  return errors.length > 0 ? 422 : 200
}

/** `nuovo` in the address stands for the item that is being added. */
function placeOf(req: Request): ItemPlace {
  const item = param(req, 'item')
  return { name: param(req, 'list'), item: item === 'nuovo' ? null : item }
}
