import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { RequestHandler, Response } from 'express'
import { onceFor } from '../shared/once-for.ts'
import { hasSession } from './session.ts'

const MAX_PAGES = 500
/** Of host and address together: no page that we link to has more, and a page may say its address many times over. */
const MAX_KEY = 300
const MAX_AGE_MS = 60_000
/** Headers of the one answer, made anew each time and never kept with a page. */
const OWN_HEADERS = ['x-request-id', 'date', 'connection', 'content-length', 'transfer-encoding', 'content-encoding']

type Variant = { headers: OutgoingHttpHeaders; body: Buffer }
type Encoding = 'plain' | 'gzip' | 'br'
type Page = { variant: (encoding: Encoding) => Variant; until: number }

/**
 * Keeps the rendered pages that every visitor sees alike (home, lists, cards) for a minute, so that a day of crowds
 * costs one rendering a minute. `answer` stands before Express, so that a hit costs little more than its bytes; `keep` stands first in it.
 * Only requests to read without any session cookie are answered, and only answers to `req` with `publicPage(res)` are kept.
 */
export function createPageCache({ now }: { now: () => number }): PageCache {
  const pages = new Map<string, Page>()

  return {
    answer(req, res, next) {
      const key = keyOf(req, req.url)
      const hit = isForAll(req) ? pages.get(key) : undefined
      if (!hit || hit.until <= now()) {
        next()
        return
      }
      keepLast(pages, key, hit)
      const { headers, body } = hit.variant(encodingOf(req))
      res.writeHead(200, headers)
      res.end(req.method === 'HEAD' ? undefined : body)
    },

    keep(req, res, next) {
      if (!isForAll(req)) {
        next()
        return
      }
      const key = keyOf(req, req.originalUrl)
      const send = res.send.bind(res)
      res.send = (body: unknown) => {
        if (
          res.locals['publicPage'] === true &&
          res.statusCode === 200 &&
          typeof body === 'string' &&
          !res.getHeader('set-cookie')
        ) {
          res.setHeader('cache-control', 'public, max-age=60')
          // Who logs in within this minute is shown the page anew, by their own browser too.
          res.vary('Cookie, Accept-Encoding')
          if (key.length <= MAX_KEY) keepLast(pages, key, toPage(res, body, now() + MAX_AGE_MS))
        }
        return send(body)
      }
      next()
    },
  }
}

type PageCache = Readonly<{
  answer: (req: IncomingMessage, res: ServerResponse, next: () => void) => void
  keep: RequestHandler
}>

const isForAll = (req: IncomingMessage): boolean => (req.method === 'GET' || req.method === 'HEAD') && !hasSession(req)

const keyOf = ({ headers: { host = '' } }: IncomingMessage, url = ''): string => `${host} ${url}`

/** Says that this page is the same for every visitor who has not logged in. */
export const publicPage: RequestHandler = (_req, res, next) => {
  res.locals['publicPage'] = true
  next()
}

/** As the last to go. Who asks for ever new hosts and queries puts out what nobody else asks for, never a page in demand. */
function keepLast(pages: Map<string, Page>, key: string, page: Page): void {
  pages.delete(key)
  pages.set(key, page)
  const [first] = pages.keys()
  if (pages.size > MAX_PAGES && first !== undefined) pages.delete(first)
}

function toPage(res: Response, html: string, until: number): Page {
  const shared = Object.fromEntries(
    Object.entries(res.getHeaders()).filter(([name, value]) => value !== undefined && !OWN_HEADERS.includes(name)),
  )
  // Packed when it is first asked for again: a page that nobody wants twice is not worth it.
  return {
    variant: onceFor((encoding: Encoding): Variant => {
      const body = PACKED[encoding](Buffer.from(html))
      const headers = {
        ...shared,
        'content-type': 'text/html; charset=utf-8',
        'content-length': body.length,
        ...(encoding !== 'plain' && { 'content-encoding': encoding }),
      }
      return { headers, body }
    }),
    until,
  }
}

const PACKED: Readonly<Record<Encoding, (bytes: Buffer) => Buffer>> = {
  plain: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
}

function encodingOf(req: IncomingMessage): Encoding {
  const accepted = req.headers['accept-encoding']
  if (typeof accepted !== 'string') return 'plain'
  if (/\bbr\b(?!;q=0)/.test(accepted)) return 'br'
  return /\bgzip\b(?!;q=0)/.test(accepted) ? 'gzip' : 'plain'
}
