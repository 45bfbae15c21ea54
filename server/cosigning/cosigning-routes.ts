import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { readForm, sendDocument } from '../documents/index.ts'
import { assertLevel, citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { takeParked } from '../web/park.ts'
import { param, seeOther } from '../web/request.ts'
import type { OpenInvitation } from './cosigning-opening-service.ts'
import type { CosigningService } from './cosigning-service.ts'
import { BASE, cosignPage, toCosignPage } from './cosigning-views.ts'

type Services = {
  cosigning: CosigningService
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
}

/** "Da firmare" in the personal area: each document that somebody asks this person to sign, on a page of its own. */
export function cosigningRoutes({ cosigning, tabs }: Services): Router {
  const router = Router()

  /** The invitation that the address names, if it is this person's and their login is strong enough for its procedure. */
  async function openFor(req: Request, res: Response): Promise<OpenInvitation> {
    const login = citizenLogin(req)
    const opened = await cosigning.open(municipalityOf(res).id, param(req, 'id'), login)
    if (opened.asked) assertLevel(login, opened.asked.procedure.login.level)
    return opened
  }

  async function show(req: Request, res: Response, error: string | null): Promise<void> {
    const opened = await openFor(req, res)
    const sections = await tabs(municipalityOf(res).id, citizenLogin(req))
    res.render('pages/cosigning/to-sign-document', cosignPage(opened, { tabs: sections, error }))
  }

  router.get(BASE, async (req, res) => {
    const [login, { id }] = [citizenLogin(req), municipalityOf(res)]
    const [all, sections] = await Promise.all([cosigning.ofPerson(id, login), tabs(id, login)])
    res.render('pages/cosigning/to-sign', toCosignPage(all, sections))
  })

  router.get(`${BASE}/:id`, (req, res) =>
    show(req, res, takeParked(req) ? 'L’accesso era scaduto: scegli di nuovo il file firmato.' : null),
  )

  router.get(`${BASE}/:id/documento`, async (req, res) => {
    const { asked } = await openFor(req, res)
    if (!asked) throw new AppError('NOT_FOUND', 'The invitation has no document any more')
    await sendDocument(res, asked.file, cosigning.download(asked.file))
  })

  router.post(`${BASE}/:id`, async (req, res) => {
    await openFor(req, res)
    const error = await received(req, res)
    if (!error) {
      seeOther(res, `${BASE}/${param(req, 'id')}`)
      return
    }
    res.status(error.status)
    await show(req, res, error.explanation ?? 'Questo file non va bene: scegline un altro.')
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

  return router
}
