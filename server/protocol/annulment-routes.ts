import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { isIsoDate, typedDate } from '../shared/dates.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { Author } from '../shared/party.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeParked } from '../web/park.ts'
import { bodyText } from '../web/request.ts'
import type { NewAmendment } from './amendment.ts'
import { annulmentPage, type AnnulmentError, type AnnulmentForm } from './annulment-views.ts'
import type { Visit } from './register-reader.ts'
import type { RegisterService } from './register-service.ts'
import { BASE } from './register-views.ts'
import type { RegisterEntry } from './register.ts'

type Opened = Visit & { entry: RegisterEntry }
type Deps = Readonly<{
  protocol: RegisterService
  inTransaction: InTransaction
  /** Opens the entry of the path for its reader, or throws NOT_FOUND. */
  entryOf: (req: Request, res: Response) => Promise<Opened>
  now: () => Date
}>

/** Annulling an entry: only the protocol service may (DPR 445/2000 art. 54, 61 c. 3 g); others find no such page. */
export function annulmentRoutes({ protocol, inTransaction, entryOf, now }: Deps): Router {
  const router = Router({ mergeParams: true })

  async function toAnnul(req: Request, res: Response): Promise<Opened> {
    const opened = await entryOf(req, res)
    if (!opened.reader.protocolService) throw new AppError('NOT_FOUND', 'Only the protocol service annuls')
    return opened
  }

  function show(res: Response, { reader, entry }: Opened, form: AnnulmentForm, error: AnnulmentError | null): void {
    res.render('pages/protocol/annul', { ...reader.frame, ...annulmentPage(entry, form, error) })
  }

  router.get('/', async (req, res) => show(res, await toAnnul(req, res), formOf(takeParked(req)), null))

  router.post('/', async (req, res) => {
    const opened = await toAnnul(req, res)
    const form = formOf(req.body)
    try {
      await inTransaction((tx) => protocol.amend(opened.entry, annulment(form, opened.reader.author, now()), tx))
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      res.status(error.status)
      show(res, opened, form, { message: error.explanation ?? 'Controlla i dati.', field: error.details['field'] })
      return
    }
    const title = `Hai annullato la registrazione n. ${formatProtocol(opened.entry)}`
    confirmAt(req, res, `${BASE}/${opened.entry.id}`, { title })
  })

  return router
}

const formOf = (body: unknown): AnnulmentForm => ({
  motivo: bodyText(body, 'motivo'),
  numero: bodyText(body, 'numero'),
  data: typedDate(bodyText(body, 'data')),
})

function annulment({ motivo, numero, data }: AnnulmentForm, by: Author, at: Date): NewAmendment {
  const act = numero !== '' && isIsoDate(data) ? { number: numero, date: data } : undefined
  return { change: { kind: 'annulment' }, at, by, reason: motivo, ...(act && { act }) }
}
