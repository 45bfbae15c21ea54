import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { serverEnd } from '../../server/web/server-end.ts'

const EVER = 600_000

describe('the end of a server', () => {
  let server: Server
  let end: () => Promise<void>
  let asked: Promise<ServerResponse>

  beforeEach(async () => {
    server = createServer()
    end = serverEnd(server, EVER)
    asked = once(server, 'request').then(([, res]) => res as ServerResponse)
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterEach(() => server.closeAllConnections())

  const port = () => (server.address() as AddressInfo).port

  it('lets what is under way be answered, and keeps no connection for more', async () => {
    const answer = fetch(`http://127.0.0.1:${port()}/`)
    const res = await asked
    const ended = end()
    res.end('answered')
    expect((await answer).headers.get('connection')).to.equal('close')
    expect(await (await answer).text()).to.equal('answered')
    await ended
  })

  it('waits for no answer that was begun before longer than it takes', async () => {
    const answer = fetch(`http://127.0.0.1:${port()}/`)
    const res = await asked
    res.write('begun, ')
    const { body } = await answer
    const ended = end()
    res.end('and ended')
    expect(await new Response(body).text()).to.equal('begun, and ended')
    await ended
  })

  it('lets what was sent before it be answered, read or not', async () => {
    const ask = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
    server.on('request', (_req, res: ServerResponse) => res.end('answered'))
    const client = connect(port(), '127.0.0.1')
    client.write(ask)
    await once(client, 'data')
    client.write(ask)
    const ended = end()
    expect(String(await once(client, 'data'))).to.match(/^HTTP\/1\.1 200 OK\r\nconnection: close/i)
    await ended
  })

  it('does not wait for a connection on which nothing was asked, as browsers open them', async () => {
    const accepted = once(server, 'connection')
    const silent = connect(port(), '127.0.0.1')
    const closed = once(silent, 'close')
    await accepted
    await end()
    await closed
  })

  it('forgets all that was asked on a connection that broke, what waited for its turn too', async () => {
    const last = new Promise<void>((resolve) => server.on('request', ({ url }) => url === '/3' && resolve()))
    const gone = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'))
    const client = connect(port(), '127.0.0.1')
    client.write(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''))
    await last
    client.destroy()
    await gone
    const accepted = once(server, 'connection')
    connect(port(), '127.0.0.1')
    await accepted
    await end()
  })
})
