import type { Server, ServerResponse } from 'node:http'

/**
 * The end of a server, for when it is wanted: lets requests that are under way be answered, for no longer than `patience` milliseconds.
 *
 * It waits for requests, not for connections. Browsers hold some open on which they never asked anything, and proxies those whose last
 * request was answered during the end; Node counts the former as busy and keeps the latter (`keepAliveTimeout`). Each answer that is
 * still to be sent says that its connection closes (RFC 9112 §9.6), so that nobody sends another request on it.
 */
export function serverEnd(server: Server, patience: number): () => Promise<void> {
  const underWay = new Set<ServerResponse>()
  let ending = false

  const sayLast = (res: ServerResponse): void => {
    if (!res.headersSent) res.setHeader('connection', 'close')
  }
  const closeUnused = (): void => {
    if (ending && underWay.size === 0) server.closeAllConnections()
  }
  server.prependListener('request', (_req, res: ServerResponse) => {
    underWay.add(res)
    if (ending) sayLast(res)
    res.once('close', () => {
      underWay.delete(res)
      closeUnused()
    })
  })

  return async () =>
    new Promise((resolve) => {
      ending = true
      server.close(() => resolve())
      underWay.forEach(sayLast)
      closeUnused()
      setTimeout(() => server.closeAllConnections(), patience).unref()
    })
}
