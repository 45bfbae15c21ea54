import { Router, type Request, type Response } from 'express'
import { statusOf } from '../errors.ts'
import { municipalityOf, type Municipality } from '../municipalities/index.ts'
import { PAGES, ratingForm } from '../ratings/index.ts'
import { romeDate } from '../shared/dates.ts'
import { publicPage } from '../web/page-cache.ts'
import { pageNumber, param } from '../web/request.ts'
import { cardPage, closedPage, conditionsPage } from './card-views.ts'
import type { ProcedureVersion } from './procedure.ts'
import { contactsPage, homePage, servicesPage, topicsPage, type ListQuery } from './public-views.ts'
import { serviceState } from './service-state.ts'
import { CLOSED_CODE } from './service-state-words.ts'

type Services = {
  catalogue: {
    all(municipality: string): Promise<readonly ProcedureVersion[]>
    /** Rejects with NOT_FOUND. */
    find(municipality: string, id: string): Promise<ProcedureVersion>
  }
  /** Never taken from the request: its `Host` is what the visitor says. */
  siteOf: (municipality: Municipality) => string
  now: () => Date
}

/** Pages of text alone. */
const TEXTS = ['domande-frequenti', 'note-legali', 'privacy'] as const

/** What anyone may read: home, services, their cards, topics, contacts, questions, legal pages. */
export function publicRoutes({ catalogue, siteOf, now }: Services): Router {
  const router = Router()
  const all = (res: Response) => catalogue.all(municipalityOf(res).id)
  const placeOf = (res: Response) => ({ municipality: municipalityOf(res), today: romeDate(now()) })

  router.get('/', publicPage, async (_req, res) =>
    res.render('pages/public/home', { ...homePage(await all(res), placeOf(res)), ...rated('home') }),
  )

  router.get('/servizi', publicPage, async (req, res) =>
    res.render('pages/public/services', {
      ...servicesPage(await all(res), listQuery(req), placeOf(res)),
      ...rated('servizi'),
    }),
  )

  // Before anybody is asked to log in. Whatever was being sent here comes too late.
  router.use('/servizi/:procedure/avvia', async (req, res, next) => {
    const { municipality, today } = placeOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    const state = serviceState(procedure, municipality, today)
    if (state.status === 'active') {
      next()
      return
    }
    res.status(statusOf(CLOSED_CODE[state.status]))
    res.render('pages/public/closed', closedPage(procedure, municipality, state))
  })

  router.get('/servizi/:procedure', publicPage, async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    const facts = { municipality, others: await all(res), today: romeDate(now()), origin: siteOf(municipality) }
    res.render('pages/public/card', { ...cardPage(procedure, facts), ...rated(procedure.id, 'card') })
  })

  router.get('/servizi/:procedure/condizioni', publicPage, async (req, res) => {
    const municipality = municipalityOf(res)
    const procedure = await catalogue.find(municipality.id, param(req, 'procedure'))
    res.render('pages/public/conditions', conditionsPage(procedure, municipality))
  })

  router.get('/argomenti', publicPage, async (_req, res) =>
    res.render('pages/public/topics', { ...topicsPage(await all(res)), ...rated('argomenti') }),
  )

  router.get('/segnala-disservizio', async (_req, res) => {
    const report = (await all(res)).find(({ kind }) => kind === 'segnalazione')
    res.redirect(report ? `/servizi/${report.id}` : '/contatti#assistenza')
  })

  router.get('/contatti', publicPage, (_req, res) =>
    res.render('pages/public/contacts', { ...contactsPage(municipalityOf(res)), ...rated('contatti') }),
  )

  for (const page of TEXTS) {
    const title = PAGES[page]
    router.get(`/${page}`, publicPage, (_req, res) =>
      res.render(`pages/public/${page}`, {
        title,
        breadcrumb: [{ text: title }],
        municipality: municipalityOf(res),
        ...rated(page),
      }),
    )
  }
  return router
}

/** The question how clear a page is. */
const rated = (id: string, kind: 'page' | 'card' = 'page') => ({ rating: ratingForm({ kind, id }) })

/** The list's query, from the address; what makes no sense is as if it were not there. */
function listQuery(req: Request): ListQuery {
  const text = (name: string): string | undefined => {
    const value = req.query[name]
    return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 100) : undefined
  }
  const [words, category, topic] = [text('q'), text('categoria'), text('argomento')]
  return {
    ...(words ? { words } : {}),
    ...(category ? { category } : {}),
    ...(topic ? { topic } : {}),
    page: pageNumber(req),
  }
}
