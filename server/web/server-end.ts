import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/**
 * The end of a server, for when it is wanted: lets requests that are under way be answered, for no longer than `patience` milliseconds.
 *
 * It waits for requests, not for connections. Browsers hold some open on which they never asked anything, and proxies those whose last
 * request was answered during the end; Node counts the former as busy and keeps the latter (`keepAliveTimeout`). Each answer that is
 * still to be sent says that its connection closes (RFC 9112 §9.6), so that nobody sends another request on it.
 */
export function serverEnd(server: Server, patience: number): () => Promise<void> {
  // By connection: of one that breaks, only the answer that was its turn is closed, not those that wait behind it (pipelining).
  const underWay = new Map<Socket, Set<ServerResponse>>()
  let ending = false
  let closing = false

  const sayLast = (res: ServerResponse): void => {
    if (!res.headersSent) res.setHeader('connection', 'close')
  }
  const closeUnused = (): void => {
    if (closing && [...underWay.values()].every((answers) => answers.size === 0)) server.closeAllConnections()
  }
  function answersOn(socket: Socket): Set<ServerResponse> {
    const known = underWay.get(socket)
    if (known) return known
    const answers = new Set<ServerResponse>()
    underWay.set(socket, answers)
    socket.once('close', () => {
      underWay.delete(socket)
      closeUnused()
    })
    return answers
  }
  server.prependListener('request', ({ socket }: IncomingMessage, res: ServerResponse) => {
    const answers = answersOn(socket)
    answers.add(res)
    if (ending) sayLast(res)
    res.once('close', () => {
      answers.delete(res)
      closeUnused()
    })
  })

  return async () => {
    ending = true
    underWay.forEach((answers) => answers.forEach(sayLast))
    // What was sent until now stands unread in connections that count as idle: it is read during the first turn or at the latest the second.
    await turn()
    await turn()
    closing = true
    return new Promise((resolve) => {
      server.close(() => resolve())
      closeUnused()
      setTimeout(() => server.closeAllConnections(), patience).unref()
    })
  }
}
