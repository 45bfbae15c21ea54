import type { Request, Response } from 'express'
import { assertLevel, citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { param } from '../web/request.ts'
import type { DraftService } from './draft-service.ts'
import type { OpenDraft } from './draft.ts'

/** `step`: only the page of that step is wanted, so files are read only if it asks for some. */
export type OpenFor = (req: Request, res: Response, step?: string) => Promise<OpenDraft>

/** The draft that the address names, if it is this person's and their login is strong enough for its procedure. */
export const openDraftOf =
  (drafts: DraftService): OpenFor =>
  async (req, res, step) => {
    const login = citizenLogin(req)
    const open = await drafts.open(municipalityOf(res).id, param(req, 'id'), login, step)
    assertLevel(login, open.procedure.login.level)
    return open
  }
