export type NewMessage = Readonly<{
  /** Names the communication within its municipality: sent twice under one key it is one message. */
  key: string
  municipality: string
  /** `cf` is the account key of the person (`Person.key`: their tax code, if they have one). */
  to: Readonly<{ cf: string; email?: string }>
  /** One line, shown in the personal area only. */
  subject: string
  /** Plain text; empty lines separate paragraphs. Shown in the personal area only. */
  text: string
  filing: string | null
}>

/** What became of the notice by e-mail. `refused`: the person's mail server will never take it. */
export type Delivery = Readonly<{ state: 'none' | 'waiting' | 'sent' | 'refused'; at: Date }>

/** A communication to a person: the message itself stays in the personal area, an e-mail only says that it is there. */
export type Message = NewMessage & Readonly<{ id: string; at: Date; readAt: Date | null; email: Delivery }>

export const PAGE_SIZE = 20

/** Port to the database. */
export type MessageStore = {
  /** Adds the message unless its key is known; returns the one that is there. */
  add(message: Message): Promise<Message>
  /** The message with this id, while its mail has still to leave. */
  waiting(id: string): Promise<Message | undefined>
  setDelivery(id: string, delivery: Delivery): Promise<void>
  /** Newest first; `page` from 1. */
  ofPerson(municipality: string, person: string, page: number): Promise<{ messages: Message[]; total: number }>
  ofFiling(municipality: string, filing: string): Promise<Message[]>
  find(municipality: string, person: string, id: string): Promise<Message | undefined>
  markRead(id: string, at: Date): Promise<void>
  unread(municipality: string, person: string): Promise<number>
}

/** A mail as it leaves. `id` is the same at each attempt, so that a mailbox that got it twice shows it once. */
type Mail = Readonly<{ id: string; fromName: string; to: string; subject: string; text: string; html: string }>

/** Port to the mail server. Throws UPSTREAM_UNAVAILABLE when it is worth trying again. */
export type Mailer = {
  send(mail: Mail): Promise<'sent' | 'refused'>
  close(): void
}

/** One mailbox, no longer than a server takes (RFC 5321 §4.5.3.1), and nothing that a mail header would read as more: lists, names, line ends. */
export const isMailbox = (address: string): boolean =>
  address.length <= 254 && /^[^\s@<>(),;:"\\]{1,64}@[^\s@<>(),;:"\\]+$/.test(address)
