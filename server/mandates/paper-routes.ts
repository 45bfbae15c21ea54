import { Router, type Request, type Response } from 'express'
import type { AppError } from '../errors.ts'
import { PAPER, readForm, type StoredDocument } from '../documents/index.ts'
import { romeDate } from '../shared/dates.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeParked } from '../web/park.ts'
import { hasErrors, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { decodeMandate } from './mandate-form.ts'
import { frameOf, whose, type MandateServices } from './mandate-access-routes.ts'
import type { MandateId } from './mandate.ts'
import { BASE, showMandatePage } from './mandate-views.ts'

type Coming = { id: MandateId; received: StoredDocument[] }
type Sent = { body: FormBody; refused: AppError[] }

/** Showing a power of attorney on paper: signed by hand with a copy of the identity card, or digitally (DPR 445/2000 art. 38). */
export function paperRoutes(services: MandateServices): Router {
  const { mandates, documents, now } = services
  const router = Router()

  async function show(
    req: Request,
    res: Response,
    { body, errors }: { body: FormBody; errors: FormErrors },
  ): Promise<void> {
    const frame = await frameOf(services, req, res)
    res.render('pages/mandates/form', showMandatePage({ ...frame, body, errors, today: romeDate(now()) }))
  }

  /** The form and its files, which belong to the mandate that is about to be. */
  async function read(req: Request, municipality: string, { id, received }: Coming): Promise<Sent> {
    const { fields, files } = await readForm(req, async ({ name, stream }) => {
      const paper = await documents.receive(stream, {
        ...{ municipality, filing: id, kind: 'mandate', orphan: true, name },
        ...{ ...PAPER, at: now() },
      })
      received.push(paper)
      return paper
    })
    return { body: Object.fromEntries(fields), refused: files.flatMap(({ error }) => error ?? []) }
  }

  /** Writes the mandate, or tells what is wrong with it. Papers that no mandate adopted are erased. */
  async function record(req: Request, res: Response, id: MandateId): Promise<{ body: FormBody; errors: FormErrors }> {
    const { login, municipality } = whose(req, res)
    const received: StoredDocument[] = []
    try {
      const { body, refused } = await read(req, municipality.id, { id, received })
      const { choices } = await frameOf(services, req, res)
      const { asked, errors: wrong } = decodeMandate(body, {
        choices: { ...choices, filings: [] },
        today: romeDate(now()),
        own: login.person.cf,
        principal: textIn(body, 'chi') === 'impresa' ? 'company' : 'person',
      })
      const errors = { ...wrong, ...paperErrors(received, refused) }
      if (asked && !hasErrors(errors)) await mandates.show(municipality.id, login, { ...asked, id, papers: received })
      return { body, errors }
    } finally {
      await documents.abandon(received)
    }
  }

  router.get('/procura', (req, res) => show(req, res, { body: takeParked(req) ?? {}, errors: {} }))

  router.post('/procura', async (req, res) => {
    const id = mandates.newId()
    const { body, errors } = await record(req, res, id)
    if (hasErrors(errors)) {
      res.status(422)
      await show(req, res, { body, errors })
      return
    }
    confirmAt(req, res, `${BASE}/${id}`, {
      title: 'Hai inviato la procura',
      text: ['Un ufficio del Comune la esamina. Ti avvisiamo quando puoi usarla.'],
    })
  })

  return router
}

function paperErrors(papers: readonly StoredDocument[], [refused]: readonly AppError[]): FormErrors {
  if (refused) return { procura: refused.explanation ?? 'Questo file non va bene: scegline un altro.' }
  return papers.length === 0 ? { procura: 'Carica la procura firmata.' } : {}
}
