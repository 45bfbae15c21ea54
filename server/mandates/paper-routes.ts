import { Router, type Request, type Response } from 'express'
import type { AppError } from '../errors.ts'
import { PAPER, readForm, type StoredDocument } from '../documents/index.ts'
import { romeDate } from '../shared/dates.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { hasErrors, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { decodeMandate } from './mandate-form.ts'
import { frameOf, whose, type MandateServices } from './mandate-access-routes.ts'
import type { Mandate } from './mandate.ts'
import { BASE, showMandatePage } from './mandate-views.ts'

type Sent = { body: FormBody; refused: AppError[] }
/** The mandate that was written, or what is wrong. */
type Recorded = { body: FormBody; errors: FormErrors; mandate: Mandate | null }

/** Showing a power of attorney on paper: signed by hand with a copy of the identity card, or digitally (DPR 445/2000 art. 38). */
export function paperRoutes(services: MandateServices): Router {
  const { mandates, documents, now } = services
  const router = Router()

  async function show(req: Request, res: Response, { body, errors }: Omit<Recorded, 'mandate'>): Promise<void> {
    const frame = await frameOf(services, req, res)
    const key = textIn(body, 'chiave') || mandates.newKey()
    res.render('pages/mandates/form', showMandatePage({ ...frame, body, errors, today: romeDate(now()), key }))
  }

  /** Writes the mandate, or tells what is wrong with it. Papers that no mandate adopted are erased. */
  async function record(req: Request, res: Response): Promise<Recorded> {
    const { login, municipality } = whose(req, res)
    const received: StoredDocument[] = []
    try {
      const { body, refused } = await read(services, req, { res, received })
      const { choices } = await frameOf(services, req, res)
      const { asked, errors: wrong } = decodeMandate(body, {
        choices: { ...choices, filings: [] },
        today: romeDate(now()),
        own: login.person.cf,
        principal: textIn(body, 'chi') === 'impresa' ? 'company' : 'person',
      })
      const errors = { ...wrong, ...paperErrors(received, refused, { isComplete: !hasErrors(wrong) }) }
      if (!asked || hasErrors(errors)) return { body, errors, mandate: null }
      const shown = { ...asked, key: textIn(body, 'chiave'), papers: received }
      return { body, errors, mandate: await mandates.show(municipality.id, login, shown) }
    } finally {
      await documents.abandon(received)
    }
  }

  router.get('/procura', (req, res) => show(req, res, { body: takeUnsent(req, res) ?? {}, errors: {} }))

  router.post('/procura', async (req, res) => {
    const { body, errors, mandate } = await record(req, res)
    if (!mandate) {
      res.status(422)
      await show(req, res, { body, errors })
      return
    }
    confirmAt(req, res, `${BASE}/${mandate.id}`, {
      title: 'Hai inviato la procura',
      text: ['Un ufficio del Comune la esamina. Ti avvisiamo quando puoi usarla.'],
    })
  })

  return router
}

/** The form and its files, of which nothing is kept until there is a mandate. */
async function read(
  { mandates, documents, now }: MandateServices,
  req: Request,
  { res, received }: { res: Response; received: StoredDocument[] },
): Promise<Sent> {
  const { login, municipality } = whose(req, res)
  const filing = mandates.newKey()
  const { fields, files } = await readForm(req, async ({ name, stream }) => {
    const paper = await documents.receive(stream, {
      municipality: municipality.id,
      filing,
      kind: 'mandate',
      sender: login.person.key,
      orphan: true,
      name,
      ...PAPER,
      at: now(),
    })
    received.push(paper)
    return paper
  })
  return { body: Object.fromEntries(fields), refused: files.flatMap(({ error }) => error ?? []) }
}

/** None of several papers is kept while one of them, or anything else, has to be mended: whoever sends the form again must choose them all. */
function paperErrors(
  papers: readonly StoredDocument[],
  refused: readonly AppError[],
  { isComplete }: { isComplete: boolean },
): FormErrors {
  const told = refused.map(({ explanation }) => explanation ?? 'Un file non va bene: scegline un altro.')
  if (told.length > 0 && papers.length > 0) told.push('Poi scegli di nuovo anche gli altri file.')
  if (told.length > 0) return { procura: told.join(' ') }
  if (papers.length === 0) return { procura: 'Carica la procura firmata.' }
  return isComplete ? {} : { procura: 'Scegli di nuovo i file: li conserviamo quando il modulo è completo.' }
}
