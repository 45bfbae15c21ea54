import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { hasErrors } from '../shared/form-body.ts'
import type { Author } from '../shared/party.ts'
import { takeParked } from '../web/park.ts'
import { pageAsked, param, pathOf, seeOther } from '../web/request.ts'
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
    /** The last search of the log of logins: where its answer is, and the tax code that is not to be in an address. */
    messageSearch: { address: string; cf: string }
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
    show(res, frame, { form: searchOf(takeParked(req)), names: new Map() })
  })

  router.post('/', async (req, res) => {
    const { frame } = await readerOf(req, res)
    const form = searchOf(req.body)
    const errors = searchErrors(form)
    if (hasErrors(errors)) {
      show(res.status(422), frame, { form, names: new Map(), errors })
      return
    }
    const address = views.searchAddress(form)
    req.session.messageSearch = { address, cf: form.cf }
    seeOther(res, address)
  })

  router.use('/:request', authenticationRoutes(deps))
  return router
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
  const cf = req.query['persona'] === '1' ? req.session.messageSearch?.cf : ''
  if (cf === undefined) {
    seeOther(res, views.BASE)
    return
  }
  const form: MessageSearch = searchOf({ ...req.query, cf })
  const errors = searchErrors(form)
  if (hasErrors(errors)) {
    show(res.status(422), frame, { form, names: new Map(), errors })
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
  show(res, frame, { form, names, found: { ...found, unsearchableUntil } })
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
    const back = req.session.messageSearch?.address ?? views.BASE
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
