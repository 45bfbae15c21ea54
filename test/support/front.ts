import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Front = Readonly<{
  /** Of the municipality, as people type it. */
  address: string
  /** Where it listens. */
  url: string
  stop: () => Promise<void>
}>

/** What stands in front of one municipality's https address: it passes requests on to the platform's port, with the host that was typed. */
export async function startFront(address: string, port: number): Promise<Front> {
  const { host } = new URL(address)
  const server = createServer((req, res) => {
    const { method, url: path, headers } = req
    const onward = request({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { address, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => closed(server) }
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
