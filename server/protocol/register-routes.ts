import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { municipalityOf, type Municipality } from '../municipalities/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import type { InTransaction } from '../shared/transaction.ts'
import { pageNumber, param, pathOf } from '../web/request.ts'
import { annulmentRoutes } from './annulment-routes.ts'
import { dailyRegisterRoutes } from './daily-register-routes.ts'
import type { DailyRegisterService } from './daily-register-service.ts'
import type { RegisterReader, Visit } from './register-reader.ts'
import { searchRoutes } from './register-search-routes.ts'
import type { RegisterService } from './register-service.ts'
import { entryPage, searchIn } from './register-views.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import type { RegisterEntry } from './register.ts'
import type { SealSigner } from './segnatura-seal.ts'
import { segnatura } from './segnatura.ts'

type Deps = Readonly<{
  protocol: RegisterService & Pick<DailyRegisterService, 'closedDay' | 'closedDays'>
  inTransaction: InTransaction
  /** Throws NOT_FOUND for whoever may not read the register, NOT_LOGGED_IN for who has to log in. */
  readerOf: (req: Request, res: Response) => Promise<RegisterReader>
  sealOf: (municipality: Municipality) => Promise<SealSigner>
  /** Records that the reader looks at an entry and the parties in it; the page waits for it. */
  consulted: (entry: RegisterEntry, by: RegisterReader['author'], page: string) => Promise<void>
  now: () => Date
}>

/** The pages of the protocol office: search, entry, segnatura, annulment, daily registers. */
export function protocolRoutes({ protocol, inTransaction, readerOf, sealOf, consulted, now }: Deps): Router {
  const router = Router()

  async function visit(req: Request, res: Response): Promise<Visit> {
    return { municipality: municipalityOf(res), reader: await readerOf(req, res) }
  }

  /** A reserved entry of another office is answered like one that does not exist. */
  async function entryOf(req: Request, res: Response): Promise<Visit & { entry: RegisterEntry }> {
    const { municipality, reader } = await visit(req, res)
    const entry = await protocol.find(municipality.id, param(req, 'id'))
    if (!entry || (entry.reserved && !reader.protocolService && !reader.offices.includes(entry.office))) {
      throw new AppError('NOT_FOUND', 'No such entry for this reader')
    }
    await consulted(entry, reader.author, pathOf(req))
    return { municipality, reader, entry }
  }

  router.use('/', searchRoutes({ protocol, visit }))
  router.use('/registri-giornalieri', dailyRegisterRoutes({ protocol, visit }))

  router.get('/:id', async (req, res) => {
    const { municipality, reader, entry } = await entryOf(req, res)
    const can = { filing: reader.offices.includes(entry.office), amend: reader.protocolService }
    const amendments = await protocol.amendmentsOf([entry])
    const page = entryPage(municipality, entry, { amendments, can, search: searchIn(req.query, pageNumber(req)) })
    res.render('pages/protocol/entry', { ...reader.frame, ...page })
  })

  router.get('/:id/segnatura.xml', async (req, res) => {
    const { municipality, entry } = await entryOf(req, res)
    if (entry.documents.length === 0) throw new AppError('NOT_FOUND', 'An entry without documents has no segnatura')
    const signer = await sealOf(municipality)
    const xml = await segnatura(entry, municipality, { signer, at: now() })
    res.set(attachmentHeaders(`segnatura-${formatProtocol(entry).replace('/', '-')}.xml`, 'application/xml')).end(xml)
  })

  router.use('/:id/annulla', annulmentRoutes({ protocol, inTransaction, now, entryOf }))

  return router
}
