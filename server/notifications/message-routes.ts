import { Router, type Request, type Response } from 'express'
import { citizenLogin, requireLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { pageNumber, param } from '../web/request.ts'
import type { Notifications } from './message-service.ts'
import { messagePage, messagesPage } from './message-views.ts'

type Deps = Readonly<{
  notifications: Notifications
  /** The sections of the personal area, for `components/tabs`; `unread` is the number on "Messaggi". */
  tabs: (unread: number) => readonly object[]
}>

/** A person's messages: the list, and each one. Opening a message is reading it. */
export function messageRoutes({ notifications, tabs }: Deps): Router {
  const router = Router()
  router.use(requireLogin())

  router.get('/', async (req, res) => {
    const { municipality, person } = whose(req, res)
    const page = pageNumber(req)
    const [{ messages, total }, unread] = await Promise.all([
      notifications.ofPerson(municipality, person, page),
      notifications.unread(municipality, person),
    ])
    res.render('pages/notifications/messages', messagesPage({ messages, total, page, tabs: tabs(unread) }))
  })

  router.get('/:id', async (req, res) => {
    const { municipality, person } = whose(req, res)
    const message = await notifications.markRead(municipality, person, param(req, 'id'))
    const unread = await notifications.unread(municipality, person)
    res.render('pages/notifications/message', messagePage(message, tabs(unread)))
  })

  return router
}

function whose(req: Request, res: Response): { municipality: string; person: string } {
  return { municipality: municipalityOf(res).id, person: citizenLogin(req).person.key }
}
