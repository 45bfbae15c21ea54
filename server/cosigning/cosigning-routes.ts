import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { readForm, sendDocument } from '../documents/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { takeUnsent } from '../web/park.ts'
import { param, seeOther } from '../web/request.ts'
import { createCosignPage, type CosigningServices } from './cosign-page-routes.ts'
import { BASE, toCosignPage } from './cosigning-views.ts'
import { declineRoutes } from './decline-routes.ts'

/** "Da firmare" in the personal area: each document that somebody asks this person to sign, on a page of its own. */
export function cosigningRoutes({ cosigning, tabs }: CosigningServices): Router {
  const router = Router()
  const page = createCosignPage({ cosigning, tabs })

  router.get(BASE, async (req, res) => {
    const [login, { id }] = [citizenLogin(req), municipalityOf(res)]
    const [all, sections] = await Promise.all([cosigning.ofPerson(id, login), tabs(id, login)])
    res.render('pages/cosigning/to-sign', toCosignPage(all, sections))
  })

  router.get(`${BASE}/:id`, async (req, res) => {
    const opened = await page.openFor(req, res)
    // One that has ended says so itself, and has no form for what was parked.
    if (opened.asked) takeUnsent(req, res)
    await page.show(req, res, { opened, errors: {}, reason: '' })
  })

  router.get(`${BASE}/:id/documento`, async (req, res) => {
    const { asked } = await page.openFor(req, res)
    if (!asked) throw new AppError('NOT_FOUND', 'The invitation has no document any more')
    await sendDocument(res, asked.file, cosigning.download(asked.file))
  })

  router.post(`${BASE}/:id`, async (req, res) => {
    await page.openFor(req, res)
    const error = await received(req, res)
    if (!error) {
      seeOther(res, `${BASE}/${param(req, 'id')}`)
      return
    }
    const firmato = error.explanation ?? 'Questo file non va bene: scegline un altro.'
    await page.showRefused(req, res, { status: error.status, errors: { firmato }, reason: '' })
  })

  /** What is wrong with what was sent; undefined when it is kept. */
  async function received(req: Request, res: Response): Promise<AppError | undefined> {
    const [login, { id: municipality }, id] = [citizenLogin(req), municipalityOf(res), param(req, 'id')]
    const { files } = await readForm(req, ({ name, stream, fields }) => {
      const seen = fields.get('versione')
      return cosigning.sign(municipality, id, login, { name, stream, seen: typeof seen === 'string' ? seen : '' })
    })
    const [first] = files
    if (first) return first.error
    return new AppError('INVALID_INPUT', 'No signed file was sent', { explanation: 'Scegli il file firmato.' })
  }

  router.use(declineRoutes({ cosigning, page }))

  return router
}
