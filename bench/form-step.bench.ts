import { logIn } from '../test/support/login.ts'
import { createVisitor, type Page, type Visitor } from '../test/support/visitor.ts'
import type { Request } from 'autocannon'
import type { Bench } from './bench.ts'
import { atLeast } from './figure.ts'
import { CONNECTIONS, ratio, ROUNDS, type Load } from './load.ts'

const PROCEDURE = '/servizi/accesso-documentale/avvia'

/** A step of a form for a person who is logged in: shown, and saved (validated, one write to the draft). */
export const figures: Bench = async ({ hello, platform }) => {
  const visitor = createVisitor(platform)
  await logIn(visitor, 'Giulia Conti', PROCEDURE)
  const to = { url: hello }
  const shown = await newDraft(visitor)
  const headers = { cookie: cookieOf(visitor, platform), 'content-type': 'application/x-www-form-urlencoded' }
  return [
    atLeast('Passo del modulo mostrato / hello world', await ratio({ url: shown.url, headers }, to), 0.1),
    atLeast('Passo del modulo salvato / hello world', await ratio(await saving(visitor, headers, shown.url), to), 0.1),
  ]
}

/** Every connection saves a draft of its own again and again, each time on the revision that it left. */
async function saving(visitor: Visitor, headers: Record<string, string>, url: string): Promise<Load> {
  const drafts: Page[] = []
  while (drafts.length < CONNECTIONS * ROUNDS) drafts.push(await newDraft(visitor))
  return {
    url,
    status: 303,
    setupClient(client) {
      const draft = drafts.pop()
      if (!draft) throw new Error('More connections than drafts')
      const body = bodyOf(draft)
      let revision = 0
      const setupRequest = (request: Request) => ({ ...request, body: body(revision++) })
      client.setRequests([{ method: 'POST', path: new URL(draft.url).pathname, headers, setupRequest }])
    },
  }
}

async function newDraft(visitor: Visitor): Promise<Page> {
  return visitor.submit(await visitor.get(PROCEDURE), { privacy: 'letta' }, { button: 'Avanti' })
}

function bodyOf(page: Page): (revision: number) => string {
  const valueOf = (name: string) => page.html.querySelector(`[name="${name}"]`)?.getAttribute('value') ?? ''
  const names = ['_csrf', 'recapiti.email', 'recapiti.telefono', 'recapiti.pec']
  const fields = Object.fromEntries(names.map((name) => [name, valueOf(name)]))
  return (revision) => new URLSearchParams({ ...fields, revision: String(revision), action: 'next' }).toString()
}

const cookieOf = (visitor: Visitor, origin: string): string =>
  [...(visitor.cookies.get(new URL(origin).host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
