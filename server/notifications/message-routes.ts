import { Router, type Request, type Response } from 'express'
import { assertLevel, citizenLogin, requireLogin, type Level, type Login } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { pageAsked, param } from '../web/request.ts'
import type { Notifications } from './message-service.ts'
import { PAGE_SIZE, type Message } from './message.ts'
import { messagePage, messagesPage } from './message-views.ts'

type Deps = Readonly<{
  notifications: Notifications
  /** Of these filings those that this login is too weak to read, with the level that each asks for. */
  tooWeakFor: (municipality: string, filings: readonly string[], login: Login) => Promise<ReadonlyMap<string, Level>>
  /** The sections of the personal area, for `components/tabs`; `unread` is the number on "Messaggi". */
  tabs: (unread: number) => readonly object[]
}>

/**
 * A person's messages: the list, and each one. Opening a message is reading it. What an office writes of a filing is as closed as
 * the filing: a login too weak for that sees here that there is a message, and no more.
 */
export function messageRoutes({ notifications, tooWeakFor, tabs }: Deps): Router {
  const router = Router()
  router.use(requireLogin())

  router.get('/', async (req, res) => {
    const { municipality, person, login } = whose(req, res)
    const [found, unread] = await Promise.all([
      pageAsked(req, PAGE_SIZE, (page) => notifications.ofPerson(municipality, person, page)),
      notifications.unread(municipality, person),
    ])
    const closed = await tooWeakFor(municipality, filingsOf(found.messages), login)
    res.render('pages/notifications/messages', messagesPage({ ...found, closed, tabs: tabs(unread) }))
  })

  router.get('/:id', async (req, res) => {
    const { municipality, person, login } = whose(req, res)
    const found = await notifications.find(municipality, person, param(req, 'id'))
    const [wanted] = (await tooWeakFor(municipality, filingsOf([found]), login)).values()
    if (wanted !== undefined) assertLevel(login, wanted)
    const message = await notifications.markRead(found)
    const unread = await notifications.unread(municipality, person)
    res.render('pages/notifications/message', messagePage(message, tabs(unread)))
  })

  return router
}

function whose(req: Request, res: Response): { municipality: string; person: string; login: Login } {
  const login = citizenLogin(req)
  return { municipality: municipalityOf(res).id, person: login.person.key, login }
}

const filingsOf = (messages: readonly Message[]): string[] => messages.flatMap(({ filing }) => filing ?? [])
