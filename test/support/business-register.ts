import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A company as the register's service says it. */
export type RegisteredCompany = Readonly<{
  codiceFiscale: string
  denominazione: string
  formaGiuridica: string
  stato: 'ATTIVA' | 'CESSATA'
  persone: readonly object[]
}>

export type RunningBusinessRegister = Readonly<{
  address: string
  token: string
  /** From now on it answers with this in place of its data: a status, a body, or nothing at all; null: as it should. */
  misbehave(answer: Readonly<{ status: number; body: string }> | 'silence' | null): void
  /** Done once it is asked that many times from now on, before it answers. */
  beforeAnswer(number: number, work: () => Promise<unknown>): void
  stop(): Promise<void>
}>

const TOKEN = 'voucher-di-prova'

/** The counterpart of the business register: the same questions and answers over HTTP, on this machine only. */
export async function startBusinessRegister(
  companies: readonly RegisteredCompany[],
  { port = 0 } = {},
): Promise<RunningBusinessRegister> {
  let wrong: Parameters<RunningBusinessRegister['misbehave']>[0] = null
  let waiting: { left: number; work: () => Promise<unknown> } | null = null
  async function interrupt(): Promise<void> {
    if (!waiting || (waiting.left -= 1) > 0) return
    const { work } = waiting
    waiting = null
    await work()
  }
  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (wrong === 'silence') return
    if (wrong) return void res.writeHead(wrong.status, { 'content-type': 'application/json' }).end(wrong.body)
    await answer(req, res, companies)
  }
  // A failure of what a test has done meanwhile is caught by nobody but mocha.
  const server = createServer(
    (req, res) => void interrupt().then(() => respond(req, res).catch(() => res.writeHead(400).end())),
  )
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    misbehave: (next) => void (wrong = next),
    beforeAnswer: (left, work) => void (waiting = { left, work }),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(req: IncomingMessage, res: ServerResponse, companies: readonly RegisteredCompany[]) {
  if (req.headers.authorization !== `Bearer ${TOKEN}`) return void res.writeHead(401).end()
  if (req.method !== 'POST' || req.url !== '/imprese/ricerca') return void res.writeHead(404).end()
  const { codiceFiscale } = (await json(req)) as { codiceFiscale?: string }
  const company = companies.find((one) => one.codiceFiscale === codiceFiscale)
  if (!company) return void res.writeHead(404).end()
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(company))
}
