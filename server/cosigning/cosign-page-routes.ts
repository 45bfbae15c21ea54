import type { Request, Response } from 'express'
import { assertLevel, citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { param } from '../web/request.ts'
import type { OpenInvitation } from './cosigning-opening-service.ts'
import type { CosigningService } from './cosigning-service.ts'
import { cosignPage, type Refused } from './cosigning-views.ts'

export type CosigningServices = Readonly<{
  cosigning: CosigningService
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
}>

export type CosignPage = ReturnType<typeof createCosignPage>

/** The page of one document to sign, from which the signer sends it back or says no. */
export function createCosignPage({ cosigning, tabs }: CosigningServices) {
  /** The invitation that the address names, if it is this person's and their login is strong enough for its procedure. */
  async function openFor(req: Request, res: Response): Promise<OpenInvitation> {
    const login = citizenLogin(req)
    const opened = await cosigning.open(municipalityOf(res).id, param(req, 'id'), login)
    if (opened.asked) assertLevel(login, opened.asked.procedure.login.level)
    return opened
  }

  async function show(req: Request, res: Response, { opened, ...refused }: Refused & { opened: OpenInvitation }) {
    const sections = await tabs(municipalityOf(res).id, citizenLogin(req))
    res.render('pages/cosigning/to-sign-document', cosignPage(opened, { tabs: sections, ...refused }))
  }

  /** The page once more, as the invitation stands by now, with what was wrong. */
  async function showRefused(req: Request, res: Response, { status, ...refused }: Refused & { status: number }) {
    res.status(status)
    await show(req, res, { opened: await openFor(req, res), ...refused })
  }

  return { openFor, show, showRefused }
}
