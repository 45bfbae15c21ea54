import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { formBody } from '../../server/web/form-body.ts'

const LIMITS = { bytes: 1_000, fields: 10 }

describe('forms that never end', () => {
  const app = express()
  app.post('/shut', formBody(LIMITS, { most: 3, grace: 0 }))
  app.post('/patient', formBody(LIMITS, { most: 3, grace: 60_000 }))
  app.post('/{*any}', (req, res) => void res.json(req.body))
  const server = app.listen(0, '127.0.0.1')
  const port = (): number => (server.address() as AddressInfo).port
  let open: Socket[] = []
  afterEach(() => {
    for (const socket of open) socket.destroy()
    open = []
  })
  after(() => {
    server.close()
  })

  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 500\r\n\r\n`
  async function stopped(path: string): Promise<Socket> {
    const socket = connect(port(), '127.0.0.1')
    open.push(socket)
    socket.write(`${head(path)}a=half`)
    await once(server, 'request')
    return socket
  }
  const sent = async (path: string): Promise<unknown> =>
    (
      await fetch(`http://127.0.0.1:${port()}${path}`, { method: 'POST', body: new URLSearchParams({ a: 'whole' }) })
    ).json()

  it('give way to those that come, the oldest first, and whoever ends is heard', async () => {
    const sockets = [await stopped('/shut'), await stopped('/shut'), await stopped('/shut')]
    expect(sockets.map(({ destroyed }) => destroyed)).to.deep.equal([false, false, false])
    const [first] = sockets
    const closed = once(first!, 'close')
    expect(await sent('/shut')).to.deep.equal({ a: 'whole' })
    await closed
    expect(await sent('/shut'), 'there is room again').to.deep.equal({ a: 'whole' })
    expect(sockets.map(({ destroyed }) => destroyed)).to.deep.equal([true, false, false])
  })

  it('have the time that a poor line needs', async () => {
    const sockets = []
    for (let one = 0; one < 6; one += 1) sockets.push(await stopped('/patient'))
    expect(await sent('/patient')).to.deep.equal({ a: 'whole' })
    expect(sockets.some(({ destroyed }) => destroyed)).to.equal(false)
  })
})
