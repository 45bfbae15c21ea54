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
async function throughput({ url, headers, setupClient, status = 200 }: Load): Promise<number> {
  const result = await autocannon({
    url,
    ...(headers && { headers }),
    connections: CONNECTIONS,
    duration: SECONDS,
    setupClient(client) {
      leaveBodiesAsTheyCome(client)
      setupClient?.(client)
    },
  })
  const wrong = Object.keys(result.statusCodeStats ?? {}).filter((code) => Number(code) !== status)
  if (wrong.length > 0 || result.errors > 0) {
    throw new Error(`${url} answered ${wrong.join(', ')} with ${result.errors} errors instead of ${status}`)
  }
  return result.requests.average
}

/**
 * Autocannon makes text of every body, although it is only counted. For 20 KB in Brotli this takes it three times as long as a bare
 * Express takes to answer, and the load would measure itself.
 */
function leaveBodiesAsTheyCome(client: Client): void {
  const { pipelinedRequests } = client as Client & { pipelinedRequests?: { addBody?: unknown } }
  if (typeof pipelinedRequests?.addBody !== 'function')
    throw new Error('Autocannon keeps bodies otherwise: see load.ts')
  pipelinedRequests.addBody = () => {}
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
