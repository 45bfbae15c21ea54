import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { param, seeOther } from '../web/request.ts'
import type { Documents } from './document-service.ts'
import type { StoredDocument } from './document.ts'
import { sendDocument } from './download.ts'
import {
  codeIn,
  fingerprintIn,
  ISSUED,
  type ConfidentialFacts,
  type SecondCodeTry,
  type VerificationFacts,
} from './verification.ts'
import {
  closedPage,
  codePage,
  confidentialPage,
  fingerprintAnswer,
  fingerprintPage,
  startPage,
  TOO_MANY_TRIES,
  unreadablePage,
  wrongCodePage,
  type VerificationPage,
} from './verification-views.ts'

type Services = Readonly<{
  /** Facts of a document of that municipality by the code printed on it. */
  find: (municipality: string, code: string) => Promise<VerificationFacts | undefined>
  /** What both codes together open; `closed` when that network has tried too often. */
  reveal: (municipality: string, tried: SecondCodeTry) => Promise<ConfidentialFacts | 'closed' | undefined>
  documents: Pick<Documents, 'bySha256'>
  /** When the register annulled the number of a document of ours. */
  annulledAt: (document: StoredDocument) => Promise<Date | null>
}>

/** The public page on which anyone checks a document of ours; mounted at `/verifica`. No login, nothing personal without the second code. */
export function verificationRoutes({ find, reveal, documents, annulledAt }: Services): Router {
  const router = Router()

  router.get('/', async (req, res) => {
    const [code, fingerprint] = [query(req, 'codice'), query(req, 'impronta')]
    if ('codice' in req.query) answerCode(res, code)
    else if ('impronta' in req.query) await answerFingerprint(req, res, fingerprint)
    else show(res, startPage())
  })

  router.get('/:code', async (req, res) => {
    const code = param(req, 'code')
    const facts = await find(municipalityOf(res).id, code)
    show(res, codePage(code, facts), facts ? 200 : 404)
  })

  // By POST: a code in an address stays in histories and logs.
  router.post('/:code', async (req, res) => {
    const tried = triedIn(req)
    const facts = await find(municipalityOf(res).id, tried.code)
    const details = await reveal(municipalityOf(res).id, tried)
    if (details === 'closed') show(res, closedPage(tried.code, facts), 429)
    else if (details) show(res, confidentialPage(tried, facts, details))
    else show(res, wrongCodePage(tried.code, facts), facts ? 422 : 404)
  })

  router.post('/:code/documento', async (req, res) => {
    const details = await reveal(municipalityOf(res).id, triedIn(req))
    if (details === 'closed')
      throw new AppError('TOO_MANY_REQUESTS', 'Too many wrong second codes', { explanation: TOO_MANY_TRIES })
    if (!details?.receipt) throw new AppError('NOT_FOUND', 'No document for these two codes')
    await sendDocument(res, details.receipt.document, details.receipt.open())
  })

  function answerCode(res: Response, typed: string): void {
    const code = codeIn(typed)
    if (code === undefined) show(res, unreadablePage('code', typed), 422)
    else seeOther(res, `/verifica/${code}`)
  }

  /** Only the fingerprint travels: the file stays in the person's browser. */
  async function answerFingerprint(req: Request, res: Response, typed: string): Promise<void> {
    const { id, name } = municipalityOf(res)
    const fingerprint = fingerprintIn(typed)
    if (fingerprint === undefined) {
      show(res, unreadablePage('fingerprint', typed), 422)
      return
    }
    const [document] = await documents.bySha256(id, fingerprint, ISSUED)
    const issued = document && { document, annulledAt: await annulledAt(document) }
    if (req.accepts(['html', 'json']) === 'json') res.json(fingerprintAnswer(issued, name))
    else show(res, fingerprintPage(fingerprint, issued, name))
  }

  return router
}

/** A code is as good as a key to its page: caches and search engines do not keep it. */
function show(res: Response, page: VerificationPage, status = 200): void {
  res.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex', 'Referrer-Policy': 'no-referrer' })
  res.status(status).render('pages/documents/verification', page)
}

function triedIn(req: Request): SecondCodeTry {
  const value = (req.body as Record<string, unknown> | undefined)?.['codice-riservato']
  return {
    code: param(req, 'code'),
    secondCode: typeof value === 'string' ? value.slice(0, 100) : '',
    from: req.ip ?? '',
  }
}

function query(req: Request, name: string): string {
  const value = req.query[name]
  return typeof value === 'string' ? value.slice(0, 500) : ''
}
