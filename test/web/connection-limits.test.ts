import { expect } from 'chai'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fewAtOnce, limitConnections } from '../../server/web/connection-limits.ts'

describe('the limits of a connection', () => {
  it('end the download of who does not take it, and let its file go', async () => {
    const file = Readable.from(endless(), { objectMode: false })
    // Not `once`, which would fail by the way in which it ends.
    const closed = new Promise((resolve) => file.once('close', resolve))
    const server = createServer((_req, res) => void pipeline(file, res).catch(() => undefined))
    limitConnections(server, { silence: 300, request: 60_000 }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined)
    visitor.pause().write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await closed
    visitor.destroy()
    server.close()
  })

  it('leave time for the files of a step on a slow line', () => {
    const server = limitConnections(createServer())
    const sixtyMegabytesAtOneMegabit = (60e6 * 8) / 1e6
    expect(server.requestTimeout / 1000).to.be.at.least(sixtyMegabytesAtOneMegabit)
    expect(server.headersTimeout / 1000).to.be.at.most(60)
  })

  it('leave it to the proxy to close what is idle: what it sends at that moment would be lost', () => {
    const longestIdleOfProxies = 90_000
    expect(limitConnections(createServer()).keepAliveTimeout).to.be.above(longestIdleOfProxies)
  })
})

describe('requests that are sent before the last one was answered', () => {
  let answered = 0
  let server: Server
  before(async () => {
    server = createServer(
      fewAtOnce((_req, res) => {
        answered += 1
        res.end('answer')
      }),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => void server.close())
  beforeEach(() => (answered = 0))

  /** All that comes back on one connection until it is closed. */
  async function received(requests: string): Promise<string> {
    const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1')
    visitor.write(requests)
    let all = ''
    for await (const bytes of visitor.setEncoding('utf8')) all += String(bytes)
    return all
  }
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const last = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

  it('are answered one after the other', async () => {
    expect((await received(request.repeat(31) + last)).match(/answer/g)).to.have.length(32)
  })

  it('are answered however many come in turn', async () => {
    const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1')
    for (let sent = 0; sent < 100; sent += 1) {
      visitor.write(request)
      await once(visitor, 'data')
    }
    visitor.destroy()
    expect(answered).to.equal(100)
  })

  it('end the connection when they are heaped up', async () => {
    await received(request.repeat(1_000)).catch(() => 'cut off')
    expect(answered).to.be.below(100)
  })
})

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024)
}
