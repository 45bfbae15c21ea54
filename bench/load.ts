import autocannon, { type Client } from 'autocannon'
import { median } from './figure.ts'

export type Load = Readonly<{
  url: string
  headers?: Record<string, string>
  /** Prepares each of the connections before its first request. */
  setupClient?: (client: Client) => void
  /** Status of every answer; any other is a mistake and throws. */
  status?: number
}>

export const CONNECTIONS = 10
const PAIRS = 3
/** What goes before the pairs: in its first seconds the engine compiles what it runs, which a server has behind it. */
const WARM_UPS = 2
export const ROUNDS = WARM_UPS + PAIRS
const SECONDS = 3

/** Requests a second that are answered as they should be. */
async function throughput({ url, status = 200, ...options }: Load): Promise<number> {
  const result = await autocannon({ url, ...options, connections: CONNECTIONS, duration: SECONDS })
  const wrong = Object.keys(result.statusCodeStats ?? {}).filter((code) => Number(code) !== status)
  if (wrong.length > 0 || result.errors > 0) {
    throw new Error(`${url} answered ${wrong.join(', ')} with ${result.errors} errors instead of ${status}`)
  }
  return result.requests.average
}

/**
 * How many requests `of` does for each of `to`: median over pairs measured one right after the other, so that whatever
 * else the machine does weighs on both.
 */
export async function ratio(of: Load, to: Load): Promise<number> {
  for (let round = 0; round < WARM_UPS; round += 1) await throughput(of)
  const ratios: number[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const base = await throughput(to)
    ratios.push((await throughput(of)) / base)
  }
  return median(ratios)
}
