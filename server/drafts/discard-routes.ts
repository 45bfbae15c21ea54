import { Router, type Request } from 'express'
import { AppError } from '../errors.ts'
import { actingView } from '../filings/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { confirmAt } from '../web/confirmation.ts'
import { param } from '../web/request.ts'
import type { OpenFor } from './draft-access-routes.ts'
import type { DraftService } from './draft-service.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** The draft that was thrown away last: to throw it away once more is no failure. */
    discarded: string
  }
}

type Services = { drafts: DraftService; openFor: OpenFor }

/** A draft is thrown away, after a question. */
export function discardRoutes({ drafts, openFor }: Services): Router {
  const router = Router()

  router.get('/pratiche/:id/elimina', async (req, res) => {
    const { draft } = await openFor(req, res)
    res.render('pages/drafts/discard', {
      title: 'Elimina la bozza',
      heading: draft.procedure.title,
      // One may have several drafts of one procedure.
      saved: formatDateTime(draft.updatedAt),
      acting: actingView(draft),
      action: `/pratiche/${draft.id}/elimina`,
      back: '/area-personale',
    })
  })

  router.post('/pratiche/:id/elimina', async (req, res) => {
    const login = citizenLogin(req)
    const id = param(req, 'id')
    try {
      const { draft } = await openFor(req, res)
      await remember(req, id)
      await drafts.discard(draft.municipality, draft.id, login)
    } catch (error) {
      if (!isMissing(error) || !(await isDiscarded(req, id))) throw error
    }
    confirmAt(req, res, '/area-personale', {
      title: 'La bozza è stata eliminata, con le risposte e i file che conteneva',
    })
  })

  return router
}

/** Written before the draft goes: of two presses at once, the one that finds no draft any more finds this. */
const remember = (req: Request, id: string): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.discarded = id
    req.session.save((error: unknown) => (error instanceof Error ? reject(error) : resolve()))
  })

/** Whether this draft was thrown away last, as far as is written now; a session that has ended meanwhile says nothing. */
const isDiscarded = (req: Request, id: string): Promise<boolean> =>
  new Promise((resolve) => {
    req.session.reload((error: unknown) => resolve(!error && req.session.discarded === id))
  })

const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'NOT_FOUND'
