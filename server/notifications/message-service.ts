import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
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
  now: () => Date
  newId: () => string
}>

export type Notifications = ReturnType<typeof createNotificationService>

/** Communications to people: always in the personal area, and a notice by e-mail where there is an address (C.SE.1.2). */
export function createNotificationService({ store, mailer, templates, municipality, siteOf, now, newId }: Deps) {
  async function notify(message: Message, address: string): Promise<Message> {
    const sender = await municipality(message.municipality)
    const link = `${siteOf(sender)}/area-personale/messaggi/${message.id}`
    const mail = { id: mailId(message), fromName: sender.name, to: address, ...templates.notice({ sender, link }) }
    const email = { state: isMailbox(address) ? await mailer.send(mail) : ('refused' as const), at: now() }
    await store.setDelivery(message.id, email)
    return { ...message, email }
  }

  return {
    /**
     * Puts the message in the personal area, then sends the e-mail that announces it. Throws UPSTREAM_UNAVAILABLE if
     * the mail server does not answer: called again with the same key it adds nothing and tries the mail again.
     */
    async send(message: NewMessage): Promise<Message> {
      const at = now()
      const { email: address } = message.to
      const email = { state: address ? 'waiting' : 'none', at } as const
      const kept = await store.add({ ...message, id: newId(), at, readAt: null, email })
      return address && kept.email.state === 'waiting' ? notify(kept, address) : kept
    },
    ofPerson: (municipality: string, person: string, page = 1) => store.ofPerson(municipality, person, page),
    /** Oldest first. */
    ofFiling: (municipality: string, filing: string) => store.ofFiling(municipality, filing),
    unread: (municipality: string, person: string) => store.unread(municipality, person),
    /** Opens a message of this person and records when they first did; anybody else's does not exist for them. */
    async markRead(municipality: string, person: string, id: string): Promise<Message> {
      const message = await store.find(municipality, person, id)
      if (!message) throw new AppError('NOT_FOUND', 'No such message for this person')
      if (message.readAt) return message
      const readAt = now()
      await store.markRead(id, readAt)
      return { ...message, readAt }
    },
    /** Ends the connections to the mail server. */
    close: () => mailer.close(),
  }
}

/** Tells nothing about the person or the matter, and is the same however often the mail is tried. */
const mailId = ({ municipality, key }: Message): string =>
  createHash('sha256').update(`${municipality}\n${key}`).digest('hex').slice(0, 40)
