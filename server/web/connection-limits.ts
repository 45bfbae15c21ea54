import type { Server } from 'node:http'

/** In milliseconds. */
type Limits = Readonly<{
  /** Without a byte in either direction. */
  silence: number
  /** For the whole of a request, its files included. */
  request: number
}>

/**
 * Who neither sends nor takes a byte for two minutes has gone without a word, or means to hold a file of ours open. Who sends may
 * take longer than the five minutes that Node grants: the files of one step, 60 MB, need ten on a line of 1 Mbit/s.
 */
const LIMITS: Limits = { silence: 120_000, request: 1_200_000 }

/** Node's own limit on the headers, a minute, stays. */
export function limitConnections<Listening extends Pick<Server, 'requestTimeout' | 'setTimeout'>>(
  server: Listening,
  { silence, request }: Limits = LIMITS,
): Listening {
  server.requestTimeout = request
  server.setTimeout(silence)
  return server
}
