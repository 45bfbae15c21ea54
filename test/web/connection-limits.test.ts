import { expect } from 'chai'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { limitConnections } from '../../server/web/connection-limits.ts'

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
})

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024)
}
