import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { sendDocument, type Documents, type StoredDocument } from '../documents/index.ts'
import { firstIncomplete } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import { takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/tenant.ts'
import { areaFilings, areaHome } from './area-views.ts'
import { readerOf, type FilingService } from './filing-service.ts'
import { confirmationPage, filingPage } from './filing-views.ts'
import type { ProgressService } from './progress-service.ts'
import { bodyText, municipalityOf, parkForm, personOf, readForm, requirePerson } from './access-routes.ts'
import { authorOf } from './submission-service.ts'
import { stepPageOf } from './transition-views.ts'
import { availableTransitions, transitionFor, type Actor } from './workflow.ts'

type Services = {
  filings: FilingService
  progress: ProgressService
  catalogue: Catalogue
  documents: Documents
  /** Unread messages of a person: the messages themselves belong to a later room. */
  unread: (municipality: string, login: Login) => Promise<number>
  now: () => Date
}

/** Largest file and most files of an answer to the office. */
const MAX_BYTES = 20 * 1024 * 1024
const ACCEPTED = ['application/pdf', 'application/pkcs7-mime', 'image/jpeg', 'image/png']

type Answer = { text: string; files: StoredDocument[] }

/** The personal area and the filer's pages of a filing that was sent. */
export function filingRoutes({ filings, progress, catalogue, documents, unread, now }: Services): Router {
  const router = Router()
  router.use(['/area-personale', '/pratiche'], parkForm, requirePerson)

  router.get('/area-personale', async (req, res) => {
    const login = personOf(req)
    const { id } = municipalityOf(res)
    const [own, count] = await Promise.all([filings.ofPerson(id, login), unread(id, login)])
    res.render('pages/filings/area', areaHome(own, { givenName: login.person.givenName, unread: count }))
  })

  router.get('/area-personale/pratiche', async (req, res) => {
    const login = personOf(req)
    const { id } = municipalityOf(res)
    const [own, count] = await Promise.all([filings.ofPerson(id, login), unread(id, login)])
    const filter = typeof req.query['stato'] === 'string' ? req.query['stato'] : 'tutte'
    res.render('pages/filings/area-filings', areaFilings(own, { filter, unread: count }))
  })

  router.get('/pratiche/:id', async (req, res) => {
    const login = personOf(req)
    const municipality = municipalityOf(res)
    const filing = await filings.find(municipality.id, param(req, 'id'), readerOf(login))
    if (filing.state === 'draft') {
      const { form } = await catalogue.version(municipality.id, filing.procedure.id, filing.procedure.version)
      const step = filing.pending[0]?.step ?? firstIncomplete(form, filing.answers)
      seeOther(res, step ? `/pratiche/${filing.id}/modulo/${step}` : `/pratiche/${filing.id}/riepilogo`)
      return
    }
    const actor = actorOf(login)
    const open = await progress.open(municipality.id, filing.id, actor)
    const steps = availableTransitions(open, actor)
    res.render('pages/filings/filing', filingPage(open, municipality, steps))
  })

  router.get('/pratiche/:id/inviata', async (req, res) => {
    const login = personOf(req)
    const municipality = municipalityOf(res)
    const filing = await filings.submitted(municipality.id, param(req, 'id'), readerOf(login))
    const procedure = await catalogue.version(municipality.id, filing.procedure.id, filing.procedure.version)
    res.render(
      'pages/filings/confirmation',
      confirmationPage(filing, {
        municipality,
        silence: procedure.term.silence,
        email: login.person.email ?? null,
      }),
    )
  })

  router.get('/pratiche/:id/documenti/:document', async (req, res) => {
    const { file, stream } = await filings.openDocument(
      municipalityOf(res).id,
      param(req, 'id'),
      param(req, 'document'),
      readerOf(personOf(req)),
    )
    await sendDocument(res, file, stream)
  })

  router.get('/pratiche/:id/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const actor = actorOf(personOf(req))
    const open = await progress.open(municipality.id, param(req, 'id'), actor)
    const transition = transitionFor(open, param(req, 'step'), actor)
    const text = bodyText(takeParked(req), 'testo')
    res.render('pages/filings/answer', stepPageOf(open, transition, { base: '/pratiche', error: null, text }))
  })

  router.post('/pratiche/:id/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const actor = actorOf(personOf(req))
    const id = param(req, 'id')
    const open = await progress.open(municipality.id, id, actor)
    const transition = transitionFor(open, param(req, 'step'), actor)
    const answer: Answer = { text: '', files: [] }
    try {
      await readAnswer(req, res, answer)
      await progress.advance(municipality, id, transition.id, {
        actor,
        content: { reasons: answer.text, days: null, files: answer.files },
      })
    } catch (error) {
      // What is not part of the filing in the end was never received (nothing half-done).
      for (const file of answer.files) await documents.remove(file)
      if (!(error instanceof AppError) || error.code === 'NOT_ALLOWED' || error.code === 'CONFLICT') throw error
      res.status(error.status).render(
        'pages/filings/answer',
        stepPageOf(open, transition, {
          base: '/pratiche',
          error: error.explanation ?? 'Controlla i dati inviati.',
          text: answer.text,
        }),
      )
      return
    }
    seeOther(res, `/pratiche/${id}`)
  })

  /** Fills `answer` as the request comes in, so that the caller knows what to take back and show when it fails half-way. */
  async function readAnswer(req: Request, res: Response, answer: Answer): Promise<void> {
    const form = await readForm(req, async ({ name, stream }) => {
      const document = await documents.receive(stream, {
        municipality: municipalityOf(res).id,
        filing: param(req, 'id'),
        kind: 'integration',
        name,
        maxBytes: MAX_BYTES,
        accept: ACCEPTED,
        at: now(),
      })
      answer.files.push(document)
      return document
    })
    answer.text = bodyText(Object.fromEntries(form.fields), 'testo').trim()
    const refused = form.files.find(({ error }) => error)?.error
    if (refused) throw refused
  }

  return router
}

const actorOf = (login: Login): Actor => ({ kind: 'citizen', owner: login.person.key, author: authorOf(login) })
