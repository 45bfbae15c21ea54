import type { Request, RequestHandler } from 'express'
import { SESSION_COOKIES } from './session.ts'

const MAX_PAGES = 2_000
const MAX_AGE_MS = 60_000

type Page = { html: Buffer, headers: Record<string, string | number | readonly string[]>, until: number }

/**
 * Keeps the rendered pages that every visitor sees alike (home, lists, cards) for a minute, so that a day of
 * crowds costs one rendering a minute. Only GET requests without any session cookie are answered from it or kept.
 */
export function pageCache({ now }: { now: () => number }): RequestHandler {
  const pages = new Map<string, Page>()
  return (req, res, next) => {
    if (req.method !== 'GET' || hasSession(req)) {
      next()
      return
    }
    const key = `${req.headers.host ?? ''} ${req.originalUrl}`
    const hit = pages.get(key)
    if (hit && hit.until > now()) {
      for (const [name, value] of Object.entries(hit.headers)) res.setHeader(name, value)
      res.end(hit.html)
      return
    }
    const send = res.send.bind(res)
    res.send = (body: unknown) => {
      if (res.statusCode === 200 && typeof body === 'string' && !res.getHeader('set-cookie')) {
        const html = Buffer.from(body)
        const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': html.length, 'cache-control': 'public, max-age=60', vary: 'Cookie' }
        for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
        if (pages.size >= MAX_PAGES) pages.clear()
        pages.set(key, { html, headers, until: now() + MAX_AGE_MS })
      }
      return send(body)
    }
    next()
  }
}

function hasSession(req: Request): boolean {
  const cookie = req.headers.cookie
  return cookie !== undefined && SESSION_COOKIES.some((name) => cookie.includes(`${name}=`))
}
