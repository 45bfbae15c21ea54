import { Router, type Request, type Response } from 'express'
import { reportsOf, type StoredDocument } from '../documents/index.ts'
import { AppError } from '../errors.ts'
import { etsiReport, type Verification } from '../signing/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { param, seeOther } from '../web/request.ts'
import type { Actor } from './actor.ts'
import type { FilingService } from './filing-service.ts'
import { signaturePage } from './signature-page-views.ts'

/** Who asks for the page, as the filer's or the officer's pages know them. */
export type SignatureVisit = Readonly<{
  municipality: string
  actor: Actor
  /** Page of the filing, without a final slash. */
  filing: string
  /** Template, and what its layout needs. */
  template: string
  frame: object
  /** An officer sees how each signature was judged, and may ask again. */
  officer: boolean
}>

type Services = Readonly<{ filings: FilingService; visitOf: (req: Request, res: Response) => Promise<SignatureVisit> }>

/** The signatures of one document of a filing, for whoever may see the document; mounted where filings are. */
export function signatureRoutes({ filings, visitOf }: Services): Router {
  const router = Router()
  const page = '/:id/documenti/:document/firma'

  async function visited(req: Request, res: Response): Promise<SignatureVisit & { document: StoredDocument }> {
    const visit = await visitOf(req, res)
    const document = await filings.document(visit.municipality, param(req, 'id'), param(req, 'document'), visit.actor)
    return { ...visit, document }
  }

  router.get(page, async (req, res) => {
    const { document, filing, frame, template, officer } = await visited(req, res)
    const index = indexOf(req, document)
    const view = signaturePage(document, { base: pageOf(filing, document), detailed: officer, index })
    res.render(template, { ...frame, back: { href: filing, text: 'Torna alla pratica' }, ...view })
  })

  router.get(`${page}/rapporto.json`, async (req, res) => {
    const { document } = await visited(req, res)
    const headers = attachmentHeaders(`verifica-${document.id}.json`, 'application/json')
    res.set(headers).end(`${JSON.stringify(reportOf(req, document), null, 2)}\n`)
  })

  router.get(`${page}/rapporto.xml`, async (req, res) => {
    const { document } = await visited(req, res)
    const xml = etsiReport(reportOf(req, document))
    if (xml === null) throw new AppError('NOT_FOUND', 'A file without signatures has no validation report')
    res.set(attachmentHeaders(`verifica-${document.id}.xml`, 'application/xml')).end(xml)
  })

  router.post(page, async (req, res) => {
    const { document, filing, officer } = await visited(req, res)
    if (!officer) throw new AppError('NOT_FOUND', 'Only the office asks again')
    await filings.validateAgain(document)
    seeOther(res, pageOf(filing, document))
  })

  return router
}

const pageOf = (filing: string, { id }: StoredDocument): string => `${filing}/documenti/${id}/firma`

/** Which report is asked for, from the oldest; undefined for the newest. */
function indexOf(req: Request, document: StoredDocument): number | undefined {
  const asked = req.query['rapporto']
  if (asked === undefined) return undefined
  const index = typeof asked === 'string' && /^\d{1,3}$/.test(asked) ? Number(asked) : -1
  if (!reportsOf(document)[index]) throw new AppError('NOT_FOUND', 'No such report')
  return index
}

function reportOf(req: Request, document: StoredDocument): Verification {
  const report = reportsOf(document).at(indexOf(req, document) ?? -1)
  if (!report) throw new AppError('NOT_FOUND', 'The document was never validated')
  return report
}
