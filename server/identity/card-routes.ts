import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIPv6 } from 'node:net'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import express, { Router, type Express, type Request } from 'express'
import { AppError } from '../errors.ts'
import type { PresentedCard } from './card.ts'
import type { CardService } from './card-service.ts'

/** Path at which cards are asked for; only the address of cards has it. */
export const CARD_PATH = '/accesso/cns/carta'

export type CardProxy = Readonly<{
  /** What the proxy says to prove itself. */
  secret: string
  /** Network addresses from which it comes. */
  from: readonly string[]
}>

type Deps = Readonly<{
  cards: CardService
  /** Where somebody is sent who came to the address of cards without having begun a login. */
  home: string
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
}>

/**
 * Everything that our own TLS listener for cards answers. It asks every visitor for a certificate and opens no session:
 * people go back to the main address with a code.
 */
export function cardListener(deps: Deps): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use((_req, res, next) => {
    // The next login must be a new handshake: who has taken the card away must not go on with the old connection.
    res.set({ connection: 'close', 'strict-transport-security': 'max-age=31536000' })
    next()
  })
  app.use(presenting(deps, cardOfSocket))
  app.use((_req, res) => res.redirect(303, deps.home))
  return app
}

/** The headers with which a proxy in front passes a card on (docs/operations.md). */
const HEADERS = { secret: 'x-cns-secret', verify: 'x-cns-verify', certificate: 'x-cns-certificate' } as const
const NAMES = new Set<string>(Object.values(HEADERS))

/**
 * Cards that a proxy has asked for. Its headers are believed only from its network address and with its secret, and are
 * taken off every request: nobody after this can mistake a forged one for the proxy's.
 */
export function cardsBehindProxy(deps: Deps & { proxy: CardProxy }): Router {
  const router = Router()
  const isProxy = proxyCheck(deps.proxy)
  const passedOn = new WeakMap<Request, PresentedCard | undefined>()
  router.use((req, _res, next) => {
    const given = [...NAMES].some((name) => req.headers[name] !== undefined)
    if (isProxy(req)) passedOn.set(req, cardOfHeaders(req))
    else if (given) deps.log.warn({}, 'card headers that are not the proxy’s were ignored')
    req.headers = withoutCards(req.headers)
    if (req.path === CARD_PATH && !passedOn.has(req))
      throw new AppError('NOT_FOUND', 'Cards come through the proxy only')
    next()
  })
  router.use(presenting(deps, (req) => passedOn.get(req)))
  return router
}

const withoutCards = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NAMES.has(name)))

function presenting({ cards, home, log }: Deps, cardOf: (req: Request) => PresentedCard | undefined): Router {
  const router = Router()
  router.get(CARD_PATH, async (req, res) => {
    const asked = req.query['richiesta']
    const back = typeof asked === 'string' ? await cards.present(asked, cardOf(req)) : undefined
    if (!back) log.info({}, 'card shown that nobody waits for')
    res.set('cache-control', 'no-store').redirect(303, back ?? home)
  })
  return router
}

/** The certificate of the handshake, and those that came with it. That the visitor holds its key, TLS has proved. */
function cardOfSocket({ socket }: Request): PresentedCard | undefined {
  const chain: Uint8Array[] = []
  // Empty without a certificate, in spite of its type; a root names itself as its issuer.
  let next = (socket as unknown as TLSSocket).getPeerCertificate(true) as Partial<DetailedPeerCertificate> | undefined
  while (next?.raw !== undefined) {
    chain.push(next.raw)
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate
  }
  return chain.length === 0 ? undefined : { chain, distrusted: false }
}

/** As nginx writes them: `$ssl_client_verify` and `$ssl_client_escaped_cert`. */
function cardOfHeaders(req: Request): PresentedCard | undefined {
  const verify = req.get(HEADERS.verify) ?? 'NONE'
  if (verify === 'NONE') return undefined
  return { chain: [derOf(req.get(HEADERS.certificate) ?? '')], distrusted: verify !== 'SUCCESS' }
}

/** Empty, which no certificate is, when the text holds none. */
function derOf(escapedPem: string): Buffer {
  try {
    const [, body = ''] =
      /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END/.exec(decodeURIComponent(escapedPem)) ?? []
    return Buffer.from(body, 'base64')
  } catch (error) {
    if (error instanceof URIError) return Buffer.alloc(0)
    throw error
  }
}

function proxyCheck({ secret, from }: CardProxy): (req: Request) => boolean {
  const addresses = new BlockList()
  for (const address of from) addresses.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  // Compared as hashes: equal lengths, and a time that says nothing about how much was right.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return (req) => {
    const remote = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const given = req.get(HEADERS.secret)
    if (given === undefined || remote === '') return false
    const isFromThere = addresses.check(remote, isIPv6(remote) ? 'ipv6' : 'ipv4')
    return timingSafeEqual(hash(given), hash(secret)) && isFromThere
  }
}
