import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { sendDocument, type Documents } from '../documents/index.ts'
import { citizenLogin, type Login } from '../identity/index.ts'
import { textIn, type FormBody } from '../shared/form-body.ts'
import { typedProtocol } from '../shared/protocol-number.ts'
import { municipalityOf, type Municipality } from '../municipalities/index.ts'
import { profilesUnderMandate, type Catalogue } from '../procedures/index.ts'
import { param } from '../web/request.ts'
import { PRINCIPALS, type Choices } from './mandate-form.ts'
import type { Mandate } from './mandate.ts'
import type { Mandates } from './mandate-service.ts'

export type MandateServices = Readonly<{
  mandates: Mandates
  documents: Documents
  catalogue: Pick<Catalogue, 'all'>
  /** Filings that this person sent for themselves, last changed first: what a mandate for one filing may be about. */
  filingsOf: (municipality: string, login: Login, which: Which) => Promise<Choices['filings']>
  /** The sections of the personal area, for `components/tabs`. */
  tabs: (municipality: string, login: Login) => Promise<readonly object[]>
  now: () => Date
}>

type Which = Readonly<{
  ids?: readonly string[]
  protocol?: Readonly<{ number: number; year?: number }>
  page: 1
  size: number
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

type Filings = Pick<Choices, 'filings' | 'more'>

/**
 * What every page about mandates needs: the tabs of the personal area, and what a mandate may be about. Of the filings those that
 * the page shows, for somebody may have sent thousands.
 */
export async function frameOf(
  { catalogue, tabs }: Pick<MandateServices, 'catalogue' | 'tabs'>,
  req: Request,
  res: Response,
  filings: Filings | Promise<Filings> = { filings: [] },
): Promise<{ tabs: readonly object[]; choices: Choices }> {
  const { login, municipality } = whose(req, res)
  const [all, shown, sections] = await Promise.all([
    catalogue.all(municipality.id),
    filings,
    tabs(municipality.id, login),
  ])
  const procedures = all
    .map((procedure) => ({
      id: procedure.id,
      title: procedure.title,
      principals: PRINCIPALS.filter((kind) => profilesUnderMandate(procedure, kind).length > 0),
    }))
    .sort((a, b) => a.title.localeCompare(b.title, 'it'))
  return { tabs: sections, choices: { procedures, ...shown } }
}

/** So many filings the form offers; any other is named by its number. */
const OFFERED = 20

type FilingsOf = Pick<MandateServices, 'filingsOf'>

/** The filings that the form offers: the last ones, and the one that was chosen already. */
export async function offeredFilings(
  { filingsOf }: FilingsOf,
  { municipality, login }: ReturnType<typeof whose>,
  body: FormBody,
): Promise<Filings> {
  const last = await filingsOf(municipality.id, login, { page: 1, size: OFFERED + 1 })
  const offered = last.slice(0, OFFERED)
  const chosen = textIn(body, 'pratica')
  const isThere = chosen === '' || offered.some(({ id }) => id === chosen)
  const other = isThere ? [] : await filingsOf(municipality.id, login, { ids: [chosen], page: 1, size: 1 })
  return { filings: [...other, ...offered], more: last.length > OFFERED }
}

/** The filings that a body may mean: the one that was chosen, or those with the number that was typed (one a year). */
export async function meantFilings(
  { filingsOf }: FilingsOf,
  { municipality, login }: ReturnType<typeof whose>,
  body: FormBody,
): Promise<Filings> {
  const typed = textIn(body, 'numero')
  const protocol = typedProtocol(typed)
  if (typed !== '' && !protocol) return { filings: [] }
  const which = protocol ? { protocol } : { ids: [textIn(body, 'pratica')] }
  return { filings: await filingsOf(municipality.id, login, { ...which, page: 1, size: 2 }) }
}

/** The filings that these mandates name, as far as they are the reader's. */
export async function filingsIn(
  { filingsOf }: FilingsOf,
  { municipality, login }: ReturnType<typeof whose>,
  mandates: readonly Mandate[],
): Promise<Filings> {
  const ids = mandates.flatMap(({ scope, events }) => [
    ...(scope.kind === 'filing' ? [scope.filing] : []),
    ...events.flatMap(({ filing }) => filing ?? []),
  ])
  return {
    filings: ids.length === 0 ? [] : await filingsOf(municipality.id, login, { ids, page: 1, size: ids.length }),
  }
}
