import type { IncomingMessage, RequestListener } from 'node:http'

/** A name, or an address, and perhaps a port (RFC 3986 §3.2.2). */
const HOST = /^([\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(:\d*)?$/i

/**
 * Refuses requests that do not say in one way what they are for (RFC 9112 §3.2): of two hosts a proxy in front might have
 * read the other. With an empty answer: no browser sends such. It stands before Express, which
 * asks no handler about an address that it cannot read.
 */
export const oneTarget =
  (handle: RequestListener): RequestListener =>
  (req, res) => {
    const path = pathOf(req)
    if (path !== undefined && hasOneHost(req)) {
      req.url = path
      handle(req, res)
    } else res.writeHead(400, { connection: 'close', 'content-length': 0 }).end()
  }

/**
 * The path that is asked for, with its query; undefined where there is none, as in `OPTIONS *`. An address in full is taken
 * apart: its host counts, whatever `Host` says (§3.2.2).
 */
function pathOf(req: IncomingMessage): string | undefined {
  const { url = '' } = req
  if (url.startsWith('/')) return url
  const address = /^https?:\/\/[^/]/i.test(url) && URL.canParse(url) ? new URL(url) : undefined
  if (!address) return undefined
  req.headers.host = address.host
  return address.pathname + address.search
}

/** None at all is for Node to refuse: in HTTP/1.0 it is right. */
function hasOneHost({ rawHeaders, headers: { host = '' } }: IncomingMessage): boolean {
  const lines = rawHeaders.filter((name, place) => place % 2 === 0 && name.toLowerCase() === 'host')
  return lines.length < 2 && HOST.test(host)
}
