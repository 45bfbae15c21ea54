import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Handlers, NewTask } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { EmailTemplates } from './email-views.ts'
import { isMailbox, type Mailer, type Message, type MessageStore, type NewMessage } from './message.ts'

type Deps = Readonly<{
  store: MessageStore
  mailer: Mailer
  templates: EmailTemplates
  municipality: (id: string) => Promise<Municipality>
  /** Where people reach the municipality's services, without a final slash. */
  siteOf: (municipality: Municipality) => string
  /** Has the task done by a worker, once. */
  later: (task: NewTask) => Promise<void>
  now: () => Date
  newId: () => string
}>

const MAILED = 'message-mailed'

export type Notifications = ReturnType<typeof createNotificationService>

/** Communications to people: always in the personal area, and a notice by e-mail where there is an address (C.SE.1.2). */
export function createNotificationService({ store, mailer, templates, municipality, siteOf, later, now, newId }: Deps) {
  async function mail(message: Message): Promise<void> {
    const { email: address = '' } = message.to
    const sender = await municipality(message.municipality)
    const link = `${siteOf(sender)}/area-personale/messaggi/${message.id}`
    const notice = { id: mailId(message), fromName: sender.name, to: address, ...templates.notice({ sender, link }) }
    const state = isMailbox(address) ? await mailer.send(notice) : 'refused'
    await store.setDelivery(message.id, { state, at: now() })
  }

  /** Throws UPSTREAM_UNAVAILABLE if the mail server does not take the mail: the outbox then tries again. */
  const tasks: Handlers = {
    [MAILED]: async ({ message: id }) => {
      const message = await store.waiting(String(id))
      if (message) await mail(message)
    },
  }

  return {
    tasks,
    /** Puts the message in the personal area; the e-mail that announces it is a task of its own, so that nothing waits for the mail server. */
    async send(message: NewMessage): Promise<Message> {
      const at = now()
      const { key, municipality: sender, to } = message
      const email = { state: to.email ? 'waiting' : 'none', at } as const
      const kept = await store.add({ ...message, id: newId(), at, readAt: null, email })
      if (kept.email.state === 'waiting')
        await later({
          key: `mail:${key}`,
          kind: MAILED,
          municipality: sender,
          payload: { message: kept.id, filing: kept.filing },
        })
      return kept
    },
    ofPerson: (municipality: string, person: string, page = 1) => store.ofPerson(municipality, person, page),
    /** Oldest first. */
    ofFiling: (municipality: string, filing: string) => store.ofFiling(municipality, filing),
    unread: (municipality: string, person: string) => store.unread(municipality, person),
    /** A message of this person; anybody else's does not exist for them. */
    async find(municipality: string, person: string, id: string): Promise<Message> {
      const message = await store.find(municipality, person, id)
      if (!message) throw new AppError('NOT_FOUND', 'No such message for this person')
      return message
    },
    /** Records when they first opened it. */
    async markRead(message: Message): Promise<Message> {
      if (message.readAt) return message
      const readAt = now()
      await store.markRead(message.id, readAt)
      return { ...message, readAt }
    },
    /** Ends the connections to the mail server. */
    close: () => mailer.close(),
  }
}

/** Tells nothing about the person or the matter, and is the same however often the mail is tried. */
const mailId = ({ municipality, key }: Message): string =>
  createHash('sha256').update(`${municipality}\n${key}`).digest('hex').slice(0, 40)
