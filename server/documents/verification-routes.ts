import { Router, type Request, type Response } from 'express'
import type { Municipality } from '../municipalities/index.ts'
import { param, seeOther } from '../web/tenant.ts'
import type { Documents } from './document-service.ts'
import { codeIn, fingerprintIn, isIssued, type VerificationFacts } from './verification.ts'
import {
  codePage,
  fingerprintAnswer,
  fingerprintPage,
  startPage,
  unreadablePage,
  type VerificationPage,
} from './verification-views.ts'

type Services = Readonly<{
  /** Facts of a document of that municipality by the code printed on it. */
  find: (municipality: string, code: string) => Promise<VerificationFacts | undefined>
  documents: Pick<Documents, 'bySha256'>
}>

/** The public page on which anyone checks a document of ours; mounted at `/verifica`. No login, nothing personal. */
export function verificationRoutes({ find, documents }: Services): Router {
  const router = Router()

  router.get('/', async (req, res) => {
    const [code, fingerprint] = [query(req, 'codice'), query(req, 'impronta')]
    if (code !== '') answerCode(res, code)
    else if (fingerprint !== '') await answerFingerprint(req, res, fingerprint)
    else show(res, startPage())
  })

  router.get('/:code', async (req, res) => {
    const code = param(req, 'code')
    const facts = await find(municipalityOf(res).id, code)
    show(res, codePage(code, facts), facts ? 200 : 404)
  })

  function answerCode(res: Response, typed: string): void {
    const code = codeIn(typed)
    if (code === undefined) show(res, unreadablePage({ code: typed, fingerprint: '' }), 422)
    else seeOther(res, `/verifica/${code}`)
  }

  /** Only the fingerprint travels: the file stays in the person's browser. */
  async function answerFingerprint(req: Request, res: Response, typed: string): Promise<void> {
    const { id, name } = municipalityOf(res)
    const fingerprint = fingerprintIn(typed)
    if (fingerprint === undefined) {
      show(res, unreadablePage({ code: '', fingerprint: typed }), 422)
      return
    }
    const issued = (await documents.bySha256(id, fingerprint)).filter(isIssued)
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

const municipalityOf = (res: Response): Municipality => res.locals['municipality'] as Municipality

function query(req: Request, name: string): string {
  const value = req.query[name]
  return typeof value === 'string' ? value.slice(0, 500) : ''
}
