import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
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

  it('does not wait for a connection on which nothing was asked, as browsers open them', async () => {
    const accepted = once(server, 'connection')
    const silent = connect(port(), '127.0.0.1')
    const closed = once(silent, 'close')
    await accepted
    await end()
    await closed
  })
})
