import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { IncomingMessage } from 'node:http'
import { connect, Socket, type AddressInfo } from 'node:net'
import { parkForm } from '../../server/personal-area/citizen-access-routes.ts'
import { formBegins, formReader } from '../../server/web/form-reader.ts'

const LIMITS = { bytes: 1_000, fields: 10 }

describe('forms that never end', () => {
  const app = express()
  app.post('/shut', formReader(LIMITS, { most: 3, grace: 0 }))
  app.post('/patient', formReader(LIMITS, { most: 3, grace: 60_000 }))
  app.use('/parked', (req, _res, next) => {
    Object.assign(req, { session: {} })
    next()
  })
  app.use('/parked', parkForm)
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

  const head = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 500\r\n\r\n`
  async function stopped(path: string, type = 'application/x-www-form-urlencoded'): Promise<Socket> {
    const socket = connect(port(), '127.0.0.1')
    open.push(socket)
    socket.write(`${head(path, type)}a=half`)
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

  it('are counted also where they might bring files, and nobody is logged in', async () => {
    const closed = once(await stopped('/parked', 'multipart/form-data; boundary=x'), 'close')
    await new Promise((resume) => setTimeout(resume, 1))
    formBegins(new IncomingMessage(new Socket()), { most: 1, grace: 0 })()
    await closed
  })

  it('have the time that a poor line needs', async () => {
    const sockets = []
    for (let one = 0; one < 6; one += 1) sockets.push(await stopped('/patient'))
    expect(await sent('/patient')).to.deep.equal({ a: 'whole' })
    expect(sockets.some(({ destroyed }) => destroyed)).to.equal(false)
  })
})
