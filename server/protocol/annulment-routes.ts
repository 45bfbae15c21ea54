import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { romeDate, typedDate } from '../shared/dates.ts'
import { hasErrors, type FormErrors } from '../shared/form-body.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { Author } from '../shared/party.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, pageNumber, seeOther } from '../web/request.ts'
import { annulmentOf, type NewAmendment } from './amendment.ts'
import { annulmentErrors, annulmentPage, type AnnulmentForm } from './annulment-views.ts'
import type { Visit } from './register-reader.ts'
import type { RegisterService } from './register-service.ts'
import { entryAddress, searchIn } from './register-views.ts'
import type { RegisterEntry } from './register.ts'

type Opened = Visit & { entry: RegisterEntry }
type Annulling = Opened & { search: string }
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

  async function toAnnul(req: Request, res: Response): Promise<Annulling> {
    const opened = { ...(await entryOf(req, res)), search: searchIn(req.query, pageNumber(req)) }
    if (!opened.reader.protocolService) throw new AppError('NOT_FOUND', 'Only the protocol service annuls')
    return opened
  }

  function show(res: Response, { reader, ...opened }: Annulling, form: AnnulmentForm, errors: FormErrors): void {
    res.render('pages/protocol/annul', { ...reader.frame, ...annulmentPage(opened, form, errors) })
  }

  router.get('/', async (req, res) => {
    const opened = await toAnnul(req, res)
    // Meanwhile, in another tab or by somebody else: the page of the entry says by which act.
    if (annulmentOf(await protocol.amendmentsOf([opened.entry])))
      seeOther(res, entryAddress(opened.entry, opened.search))
    else show(res, opened, formOf(takeUnsent(req, res)), {})
  })

  router.post('/', async (req, res) => {
    const opened = await toAnnul(req, res)
    const form = formOf(req.body)
    const errors = annulmentErrors(form, romeDate(now()))
    if (hasErrors(errors)) {
      res.status(422)
      show(res, opened, form, errors)
      return
    }
    await inTransaction((tx) => protocol.amend(opened.entry, annulment(form, opened.reader.author, now()), tx))
    const title = `Hai annullato la registrazione n. ${formatProtocol(opened.entry)}`
    confirmAt(req, res, entryAddress(opened.entry, opened.search), { title })
  })

  return router
}

const formOf = (body: unknown): AnnulmentForm => ({
  motivo: bodyText(body, 'motivo'),
  numero: bodyText(body, 'numero'),
  data: typedDate(bodyText(body, 'data')),
})

const annulment = ({ motivo, numero, data }: AnnulmentForm, by: Author, at: Date): NewAmendment => ({
  change: { kind: 'annulment' },
  at,
  by,
  reason: motivo,
  act: { number: numero, date: data },
})
