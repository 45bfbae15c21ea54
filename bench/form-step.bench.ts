import { logIn } from '../test/support/login.ts'
import { cookieOf, createVisitor, type Page, type Visitor } from '../test/support/visitor.ts'
import type { Request } from 'autocannon'
import type { Bench } from './bench.ts'
import { atLeast } from './figure.ts'
import { CONNECTIONS, ratio, ROUNDS, type Load } from './load.ts'

const PROCEDURE = '/servizi/accesso-documentale/avvia'

/** A step of a form for people who are logged in, each with a draft of their own: shown, and saved (validated, one write). */
export const figures: Bench = async ({ hello, platform }) => {
  const to = { url: hello }
  const people: Visitor[] = []
  while (people.length < CONNECTIONS) people.push(await loggedIn(platform))
  return [
    atLeast('Passo del modulo mostrato / hello world', await ratio(await showing(people, platform), to), 0.1),
    atLeast('Passo del modulo salvato / hello world', await ratio(await saving(people, platform), to), 0.1),
  ]
}

async function showing(people: readonly Visitor[], platform: string): Promise<Load> {
  return eachOf(await draftsOf(people), platform, ({ draft, headers }) => ({ path: pathOf(draft), headers }))
}

/** Every connection saves its draft again and again, each time on the revision that it left. */
async function saving(people: readonly Visitor[], platform: string): Promise<Load> {
  const load = eachOf(await draftsOf(people), platform, ({ draft, headers }) => {
    const body = bodyOf(draft)
    let revision = 0
    const setupRequest = (request: Request) => ({ ...request, body: body(revision++) })
    return { method: 'POST', path: pathOf(draft), headers, setupRequest }
  })
  return { ...load, status: 303 }
}

type Writing = Readonly<{ person: Visitor; draft: Page }>

async function draftsOf(people: readonly Visitor[]): Promise<Writing[]> {
  const drafts: Writing[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    for (const person of people) drafts.push({ person, draft: await newDraft(person) })
  return drafts
}

/** Gives every connection of every round the draft of another person. */
function eachOf(
  drafts: Writing[],
  platform: string,
  requestOf: (on: { draft: Page; headers: Record<string, string> }) => Request,
): Load {
  return {
    url: platform,
    setupClient(client) {
      const next = drafts.pop()
      if (!next) throw new Error('More connections than drafts')
      const headers = {
        cookie: cookieOf(next.person, platform),
        'content-type': 'application/x-www-form-urlencoded',
      }
      client.setRequests([requestOf({ draft: next.draft, headers })])
    },
  }
}

async function loggedIn(platform: string): Promise<Visitor> {
  const visitor = createVisitor(platform)
  await logIn(visitor, 'Giulia Conti', PROCEDURE)
  return visitor
}

async function newDraft(visitor: Visitor): Promise<Page> {
  return visitor.submit(await visitor.get(PROCEDURE), { privacy: 'letta' }, { button: 'Avanti' })
}

const pathOf = ({ url }: Page): string => new URL(url).pathname

function bodyOf(page: Page): (revision: number) => string {
  const valueOf = (name: string) => page.html.querySelector(`[name="${name}"]`)?.getAttribute('value') ?? ''
  const names = ['_csrf', 'recapiti.email', 'recapiti.telefono', 'recapiti.pec']
  const fields = Object.fromEntries(names.map((name) => [name, valueOf(name)]))
  return (revision) => new URLSearchParams({ ...fields, revision: String(revision), action: 'next' }).toString()
}
