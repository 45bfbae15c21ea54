import type { Level } from '../identity/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { PAGE_SIZE, type Delivery, type Message } from './message.ts'

/** Address under which these pages are mounted. */
const BASE = '/area-personale/messaggi'

const NOTICES: Readonly<Record<Delivery['state'], string>> = {
  none: 'Non abbiamo un tuo indirizzo e-mail: ti abbiamo scritto solo qui.',
  waiting: 'Stiamo inviando anche l’avviso per e-mail.',
  sent: 'Ti abbiamo avvisato anche per e-mail.',
  refused: 'L’avviso per e-mail non è arrivato: controlla l’indirizzo che hai registrato.',
}

const CLOSED = 'Per leggerlo serve un accesso più sicuro, come per la pratica di cui parla.'

type List = Readonly<{
  messages: readonly Message[]
  total: number
  page: number
  /** By filing: the level of login that it asks for, where this login's is lower. */
  closed: ReadonlyMap<string, Level>
  tabs: readonly object[]
}>

export function messagesPage({ messages, total, page, closed, tabs }: List) {
  const href = (number: number): string => `${BASE}?pagina=${number}`
  return {
    title: 'I miei messaggi',
    tabs,
    rows: messages.map(({ id, subject, text, filing, at, readAt }) => ({
      href: `${BASE}/${id}`,
      subject,
      beginning: filing !== null && closed.has(filing) ? CLOSED : beginningOf(text),
      at,
      date: formatDateTime(at),
      unread: readAt === null,
    })),
    pagination: paginationOf(page, pagesOf(total, PAGE_SIZE), href),
  }
}

/** Subjects go out by mail and say little: two of one filing are alike. */
function beginningOf(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length <= BEGINNING ? line : `${line.slice(0, BEGINNING).replace(/\s\S*$/, '')} …`
}

const BEGINNING = 220

export function messagePage({ subject, text, at, filing, email }: Message, tabs: readonly object[]) {
  return {
    title: subject,
    tabs,
    back: BASE,
    at,
    date: formatDateTime(at),
    /** Paragraphs, each as its lines. */
    paragraphs: text
      .trim()
      .split(/\n\s*\n/)
      .map((paragraph) => paragraph.split('\n')),
    filing: filing ? `/pratiche/${filing}` : null,
    notice: NOTICES[email.state],
  }
}
