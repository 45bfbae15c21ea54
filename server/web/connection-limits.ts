import type { Server } from 'node:http'

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

/** Node's own limit on the headers, a minute, stays. */
export function limitConnections<Listening extends Pick<Server, 'requestTimeout' | 'setTimeout'>>(
  server: Listening,
  { silence, request }: Limits = LIMITS,
): Listening {
  server.requestTimeout = request
  server.setTimeout(silence)
  return server
}
