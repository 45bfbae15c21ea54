import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that systems give to outgoing connections: one of these could take the port before its server does. */
const LOWEST = 10_000
const HIGHEST = 32_000

/** A port on the loopback address that was free just now: `wanted` if it is, else any. */
export async function freePort(wanted = 0, host = '127.0.0.1'): Promise<number> {
  let port = wanted
  while (port === 0 || !(await isFree(port, host))) port = randomInt(LOWEST, HIGHEST)
  return port
}

/** Starts a server on `wanted`, or on any port when somebody is there already. */
export async function onFreePort<Server>(wanted: number, start: (port: number) => Promise<Server>): Promise<Server> {
  try {
    return await start(wanted)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || wanted === 0) throw error
    return start(0)
  }
}

/** Whether a server could listen there now. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
