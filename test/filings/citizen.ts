import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { TestPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

/** A request to see records, as its form would have it. */
export const ACCESS = 'accesso-documentale'
export const ACCESS_ANSWERS = {
  recapiti: { email: 'giulia.conti@posta.example' },
  documenti: [{ descrizione: 'Permesso di costruire dell’edificio in via Roma 5' }],
  interesse: { situazione: 'proprieta', motivazione: 'Devo verificare le distanze dal fabbricato confinante.' },
  modalita: { tipo: 'visione' },
}

export const REPORT = 'segnalazione-disservizio'

/** The first step of a report, complete, as its form sends it. */
export const REPORTED = {
  'disservizio.luogo.via': 'Via della Stazione',
  'disservizio.categoria': 'strade',
  'disservizio.titolo': 'Buca profonda',
  'disservizio.dettagli': 'È larga mezzo metro e di notte non si vede.',
  'disservizio.pericolo': 'false',
} as const

/** What a page says above a form that was being sent when the session ended. */
export const UNSENT = 'Non abbiamo ancora ricevuto quello che stavi inviando'

type Requested = Readonly<{ procedure: string; answers: Readonly<Record<string, unknown>> }>

/** The same as it is kept. */
const REPORTING: Requested = {
  procedure: REPORT,
  answers: {
    disservizio: {
      luogo: { via: REPORTED['disservizio.luogo.via'] },
      categoria: REPORTED['disservizio.categoria'],
      titolo: REPORTED['disservizio.titolo'],
      dettagli: REPORTED['disservizio.dettagli'],
      pericolo: false,
    },
  },
}

type Way = Readonly<{ level?: 1 | 2 | 3; visitor?: Visitor }>

/** A browser in which the person with this name logs in at the test identity provider, on the way to `path`. */
export async function loggedIn(platform: TestPlatform, name: string, path: string, way: Way = {}) {
  const { level = 2, visitor = platform.visitor() } = way
  const query = { idp: platform.identityProvider.entityId, livello: String(level), ritorno: path }
  const choice = await visitor.get(`/accesso/spid?${new URLSearchParams(query).toString()}`)
  return { visitor, page: await throughProvider(visitor, choice, name) }
}

/** From the provider's page, on which one chooses who to be, back to the platform. */
export const throughProvider = async (visitor: Visitor, choice: Page, name: string): Promise<Page> =>
  visitor.submit(await answerOf(visitor, choice, name), {}, { form: 'form' })

/** The provider's page that carries its answer to the platform, not sent yet. */
export const answerOf = (visitor: Visitor, choice: Page, name: string): Promise<Page> =>
  visitor.submit(choice, {}, { form: 'form', button: new RegExp(`^${name}`) })

/** From the page on which one chooses how to log in. */
export const logsInFrom = async (visitor: Visitor, access: Page, name: string): Promise<Page> =>
  throughProvider(visitor, await visitor.follow(access, /di prova/i), name)

/** Begins a request, in the browser in which the same person began another before, and stops at its first step. */
export async function begun(platform: TestPlatform, name: string, procedure: string = REPORT) {
  return begunIn(await atHome(platform, name), procedure)
}

/** To log in for each request would take a third of what it costs. */
const homes = new WeakMap<TestPlatform, Map<string, Visitor>>()

async function atHome(platform: TestPlatform, name: string): Promise<Visitor> {
  const known = homes.get(platform) ?? new Map<string, Visitor>()
  homes.set(platform, known)
  const visitor = known.get(name) ?? (await loggedIn(platform, name, '/area-personale')).visitor
  known.set(name, visitor)
  return visitor
}

/** The same in a browser in which somebody has logged in. */
export async function begunIn(visitor: Visitor, procedure: string = REPORT) {
  const step = await visitor.submit(await visitor.get(`/servizi/${procedure}/avvia`), { privacy: 'letta' })
  return { visitor, step, id: idIn(step) }
}

/** A complete report of this person, on its summary. */
export const ready = async (platform: TestPlatform, name: string) => readyIn(await begun(platform, name))

/** The same from its first step, with these files. */
export async function readyIn(
  { visitor, step, id }: Awaited<ReturnType<typeof begunIn>>,
  files: Readonly<Record<string, File>> = {},
) {
  const author = await visitor.submit(step, { ...REPORTED, ...files }, { button: 'Avanti' })
  const summary = await visitor.submit(author, {}, { button: 'Avanti' })
  expect(summary.url).to.match(/\/riepilogo$/)
  return { visitor, summary, id }
}

/** A request that was sent, a report unless told otherwise, without a page for each of its steps: they are half of what it costs. */
export async function sent(platform: TestPlatform, name: string, request: Requested = REPORTING) {
  const { visitor, step, id } = await begunWith(platform, name, request)
  const confirmation = await post(visitor, `/pratiche/${id}/invia`, { _csrf: tokenIn(step) })
  expect(confirmation.text).to.match(/\d{7}\/\d{4}/)
  return { visitor, id }
}

/**
 * A draft with these answers beside what was prefilled, put into the database: for tests of what comes after the steps
 * that made them. The browser is the one in which it was begun.
 */
export async function begunWith(platform: TestPlatform, name: string, { procedure, answers }: Requested) {
  const { visitor, step, id } = await begun(platform, name, procedure)
  const filing = await filingOf(platform, id)
  await filings(platform).updateOne({ _id: id }, { $set: { answers: { ...answers, ...filing.answers } } })
  return { visitor, step, id }
}

/** A filing as it is stored. */
export type Stored = Readonly<{
  _id: string
  state: string
  revision: number
  owner: string
  answers: Record<string, unknown>
  pending?: readonly { step: string; fields: readonly { name: string; value: unknown }[]; files: readonly object[] }[]
  protocol?: { entry: string; number: number; year: number }
  receipt?: string | null
  answerBy?: string
}>

export const filings = ({ connection }: Pick<TestPlatform, 'connection'>) => connection.collection<Stored>('filings')

export async function filingOf(platform: Pick<TestPlatform, 'connection'>, id: string): Promise<Stored> {
  const filing = await filings(platform).findOne({ _id: id })
  if (!filing) throw new Error(`No filing ${id}`)
  return filing
}

/** Waits until the worker has made the filing's receipt. */
export async function receiptMade(platform: Pick<TestPlatform, 'connection'>, id: string): Promise<void> {
  while (!(await filingOf(platform, id)).receipt) await sleep(20)
}

export const documentsOf = ({ connection }: TestPlatform, filing: string) =>
  connection.collection('documents').find({ filing }).toArray()

export const entriesOf = ({ connection }: Pick<TestPlatform, 'connection'>, filing: string) =>
  connection.collection('registerentries').find({ filing }).toArray()

/** Ends the session behind the browser's cookie, as time does. */
export async function endSession({ connection, url }: TestPlatform, visitor: Visitor): Promise<void> {
  const { deletedCount } = await sessionsOf(connection).deleteOne({ _id: sessionIdOf(visitor, url) })
  expect(deletedCount, 'a session to end').to.equal(1)
}

/** Changes what is stored of the session behind the browser's cookie. */
export async function changeSession(
  { connection, url }: TestPlatform,
  visitor: Visitor,
  change: object,
): Promise<void> {
  const { matchedCount } = await sessionsOf(connection).updateOne({ _id: sessionIdOf(visitor, url) }, { $set: change })
  expect(matchedCount, 'a session to change').to.equal(1)
}

const sessionsOf = (connection: TestPlatform['connection']) => connection.collection<{ _id: string }>('sessions')

function sessionIdOf({ cookies }: Visitor, url: string): string {
  const cookie = decodeURIComponent(cookies.get(new URL(url).host)?.get('sportello') ?? '')
  return /^s:([\w-]+)\./.exec(cookie)?.[1] ?? ''
}

export const idIn = ({ url }: Page): string => /\/pratiche\/([\w-]+)/.exec(url)?.[1] ?? ''

export const tokenIn = ({ html }: Page): string => html.querySelector('[name=_csrf]')?.getAttribute('value') ?? ''

/** What a text control of the page holds. */
export function valueIn({ html }: Page, name: string): string {
  const control = html.querySelector(`[name="${name}"]`)
  return control?.tagName === 'TEXTAREA' ? control.text : (control?.getAttribute('value') ?? '')
}

/** Every field of the form as the page has it, with some in place of those: to be sent as a browser would not. */
export const post = (visitor: Visitor, url: string, fields: Readonly<Record<string, string>> | [string, string][]) =>
  visitor.request(url, { method: 'POST', body: new URLSearchParams(fields) })
