import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { hasErrors } from '../shared/form-body.ts'
import type { Author } from '../shared/party.ts'
import { latestNumber, searchNumbered, withSearch, type Searches } from '../shared/searches.ts'
import { takeParked } from '../web/park.ts'
import { pageAsked, pageNumber, param, pathOf, seeOther } from '../web/request.ts'
import { organizationOf } from './access-routes.ts'
import type { IdentityProviders } from './identity-provider-service.ts'
import { queryOf, searchErrors, searchOf, type MessageSearch } from './message-log-search.ts'
import type { MessageLog } from './message-log-store.ts'
import * as views from './message-log-views.ts'
import { PAGE_SIZE, type OpenedMessage } from './message-log.ts'
import { readResponse, statedPerson } from './response.ts'

declare module 'express-session' {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- only an interface can be merged
  interface SessionData {
    /** The last searches of the log of logins by tax code, which is not to be in an address. */
    messageSearches: Searches<{ cf: string }>
  }
}

/** Who reads the log, as the offices' room knows them. */
export type MessageLogReader = Readonly<{
  author: Extract<Author, { kind: 'officer' }>
  /** What `layouts/office` needs: office and nav. */
  frame: object
}>

/** A search, or messages that were opened: account keys of those concerned, and what was looked for. */
export type MessageLogLook = Readonly<{ municipality: string; owners: readonly string[]; about: string; page: string }>

type Deps = Readonly<{
  messages: MessageLog
  providers: Pick<IdentityProviders, 'all'>
  /** Throws NOT_FOUND for whoever may not read the log, NOT_LOGGED_IN for who has to log in. */
  readerOf: (req: Request, res: Response) => Promise<MessageLogReader>
  /** Records that the reader looks; the page waits for it. */
  consulted: (look: MessageLogLook, by: MessageLogReader['author']) => Promise<void>
}>

/** The log of SAML messages, for those who watch over logins (DPCM 24/10/2014 art. 13 c. 2). */
export function messageLogRoutes(deps: Deps): Router {
  const { readerOf } = deps
  const router = Router()

  router.get('/', async (req, res) => {
    const { frame, author } = await readerOf(req, res)
    if (Object.keys(req.query).length > 0) {
      await answer(deps, { frame, author }, req, res)
      return
    }
    show(res, frame, { form: searchOf(takeParked(req)), search: null, names: new Map() })
  })

  router.post('/', async (req, res) => {
    const { frame } = await readerOf(req, res)
    const form = searchOf(req.body)
    const errors = searchErrors(form)
    if (hasErrors(errors)) {
      show(res.status(422), frame, { form, search: null, names: new Map(), errors })
      return
    }
    seeOther(res, views.searchAddress(form, numberOf(req, form)))
  })

  router.use('/:request', authenticationRoutes(deps))
  return router
}

/** The number under which the session has the tax code; null where none was asked for. */
function numberOf(req: Request, { cf }: MessageSearch): number | null {
  if (cf === '') return null
  req.session.messageSearches = withSearch(req.session.messageSearches ?? [], { cf })
  return latestNumber(req.session.messageSearches)
}

const show = (res: Response, frame: object, page: Parameters<typeof views.messageLogPage>[0]): void =>
  res.render('pages/identity/message-log', { ...frame, ...views.messageLogPage(page) })

/** The answer to the search in the address; the tax code, if one was asked for, is in the session. */
async function answer(
  { messages, providers, consulted }: Deps,
  { frame, author }: MessageLogReader,
  req: Request,
  res: Response,
): Promise<void> {
  const byPerson = searchNumbered(req.session.messageSearches, req.query['ricerca'])
  if (req.query['ricerca'] !== undefined && !byPerson) {
    seeOther(res, views.BASE)
    return
  }
  const { cf, number: search } = byPerson ?? { cf: '', number: null }
  const form: MessageSearch = searchOf({ ...req.query, cf })
  const errors = searchErrors(form)
  if (hasErrors(errors)) {
    show(res.status(422), frame, { form, search, names: new Map(), errors })
    return
  }
  const municipality = organizationOf(res).id
  const owners = cf === '' ? [] : [cf]
  const found = await pageAsked(req, PAGE_SIZE, (page) =>
    messages.search({ ...queryOf(form), organization: municipality, page }),
  )
  await consulted({ municipality, owners, about: views.searchText(form, found.page), page: pathOf(req) }, author)
  const [unsearchableUntil, names] = await Promise.all([
    cf === '' ? null : messages.unsearchableUntil(municipality),
    namesOf(providers),
  ])
  show(res, frame, { form, search, names, found: { ...found, unsearchableUntil } })
}

function authenticationRoutes({ messages, providers, readerOf, consulted }: Deps): Router {
  const router = Router({ mergeParams: true })

  /** The messages, once it is written down that they are opened. */
  async function open(req: Request, res: Response): Promise<{ frame: object; opened: OpenedMessage[] }> {
    const { frame, author } = await readerOf(req, res)
    const municipality = organizationOf(res).id
    const opened = await messages.ofRequest(municipality, param(req, 'request'))
    if (opened.length === 0) throw new AppError('NOT_FOUND', 'No such authentication')
    const about = `Messaggi dell’accesso ${param(req, 'request')}`
    await consulted({ municipality, owners: ownersOf(opened), about, page: pathOf(req) }, author)
    return { frame, opened }
  }

  router.get('/', async (req, res) => {
    const { frame, opened } = await open(req, res)
    const back = views.searchIn(req.query, pageNumber(req))
    const page = views.authenticationPage(opened, await namesOf(providers), back)
    res.render('pages/identity/authentication', { ...frame, ...page })
  })

  router.get('/messaggi/:number', async (req, res) => {
    const { opened } = await open(req, res)
    const message = opened[Number(param(req, 'number')) - 1]
    if (!message?.xml) throw new AppError('NOT_FOUND', 'No such message, or it cannot be read')
    res.set(attachmentHeaders(views.fileName(message), 'application/xml')).end(message.xml)
  })

  return router
}

/** Whom the responses name. */
function ownersOf(opened: readonly OpenedMessage[]): string[] {
  const named = opened.flatMap(({ kind, scheme, xml }) => {
    const person = kind === 'response' && xml !== null ? statedPerson(scheme, readResponse(xml)) : undefined
    return person === undefined ? [] : [person]
  })
  return [...new Set(named)]
}

async function namesOf(providers: Deps['providers']): Promise<views.ProviderNames> {
  return new Map((await providers.all()).map(({ entityId, name }) => [entityId, name]))
}
