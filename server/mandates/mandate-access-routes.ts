import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { sendDocument, type Documents } from '../documents/index.ts'
import { citizenLogin, type Login } from '../identity/index.ts'
import { municipalityOf, type Municipality } from '../municipalities/index.ts'
import { profilesUnderMandate, type Catalogue } from '../procedures/index.ts'
import { param } from '../web/request.ts'
import { PRINCIPALS, type Choices } from './mandate-form.ts'
import type { Mandates } from './mandate-service.ts'

export type MandateServices = Readonly<{
  mandates: Mandates
  documents: Documents
  catalogue: Pick<Catalogue, 'all'>
  /** Filings that this person sent for themselves: what a mandate for one filing may be about. */
  filingsOf: (municipality: string, login: Login) => Promise<Choices['filings']>
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
  now: () => Date
}>

/** To give a power of attorney one proves who one is as strongly as to file. */
export const LEVEL = 2

/** A paper of a mandate that the reader was found to be allowed to see. */
export async function sendPaper(
  documents: Documents,
  req: Request,
  res: Response,
  { municipality, id }: { municipality: string; id: string },
): Promise<void> {
  const file = (await documents.ofFiling(municipality, id)).find((one) => one.id === param(req, 'document'))
  if (!file) throw new AppError('NOT_FOUND', 'No such paper of the mandate')
  await sendDocument(res, file, documents.open(file))
}

/** Who is at the page, and in which municipality. Throws NOT_LOGGED_IN where nobody is. */
export function whose(req: Request, res: Response): { municipality: Municipality; login: Login } {
  return { municipality: municipalityOf(res), login: citizenLogin(req, LEVEL) }
}

/** What every page about mandates needs: the tabs of the personal area, and what a mandate may be about. */
export async function frameOf(
  { catalogue, filingsOf, tabs }: Pick<MandateServices, 'catalogue' | 'filingsOf' | 'tabs'>,
  req: Request,
  res: Response,
): Promise<{ tabs: readonly object[]; choices: Choices }> {
  const { login, municipality } = whose(req, res)
  const [all, filings, sections] = await Promise.all([
    catalogue.all(municipality.id),
    filingsOf(municipality.id, login),
    tabs(municipality.id, login),
  ])
  const procedures = all
    .map((procedure) => ({
      ...{ id: procedure.id, title: procedure.title },
      principals: PRINCIPALS.filter((kind) => profilesUnderMandate(procedure, kind).length > 0),
    }))
    .sort((a, b) => a.title.localeCompare(b.title, 'it'))
  return { tabs: sections, choices: { procedures, filings } }
}
