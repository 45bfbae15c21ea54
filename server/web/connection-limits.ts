import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

/** In milliseconds. */
type Limits = Readonly<{
  /** Without a byte in either direction. */
  silence: number
  /** For the whole of a request, its files included. */
  request: number
}>

/**
 * A connection that moves no byte for two minutes was left without a word, or is meant to hold a file of ours open. Sending
 * may take longer than the five minutes that Node grants: the files of one step, 60 MB, need ten on a line of 1 Mbit/s.
 */
const LIMITS: Limits = { silence: 120_000, request: 1_200_000 }

/**
 * Node's own limit on the headers, a minute, stays. Not that on a connection between two requests, five seconds: a proxy keeps it for a
 * minute or more, and of what it sends as we close nobody knows whether it was read. It cannot send a form again, and answers 502.
 */
export function limitConnections<Listening extends Pick<Server, 'requestTimeout' | 'keepAliveTimeout' | 'setTimeout'>>(
  server: Listening,
  { silence, request }: Limits = LIMITS,
): Listening {
  server.requestTimeout = request
  server.keepAliveTimeout = silence
  server.setTimeout(silence)
  return server
}

/** Browsers and proxies send a request when they have the answer to the one before; tools that measure, some sixteen ahead. */
const MOST_UNANSWERED = 32

/**
 * Ends a connection on which requests are heaped up (pipelining, RFC 9112 §9.3.2). Node stops reading from who takes no answers, but
 * answers first all that it has read: a thousand short requests in one piece. Of a hundred connections with such a piece everybody
 * else waited for thirteen seconds, and their answers stood in memory.
 */
export function fewAtOnce(handle: RequestListener): RequestListener {
  const unanswered = new WeakMap<Socket, number>()
  return (req, res) => {
    const { socket } = req
    const before = unanswered.get(socket) ?? 0
    if (before === MOST_UNANSWERED) {
      socket.destroy()
      return
    }
    unanswered.set(socket, before + 1)
    res.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    handle(req, res)
  }
}
