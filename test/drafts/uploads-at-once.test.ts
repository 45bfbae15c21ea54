import { expect } from 'chai'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { begun, REPORTED, tokenIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'
import { cookieOf, type Page, type Visitor } from '../support/visitor.ts'

describe('forms with files that one person sends at once', () => {
  const running = testPlatform()

  /** A form of which the browser sends all but the end. */
  async function halfSent(visitor: Visitor, step: Page): Promise<Socket> {
    const { host, hostname, port, pathname } = new URL(step.url)
    const cookie = cookieOf(visitor, step.url)
    const socket = connect(Number(port), hostname).on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(
      `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nContent-Length: 10000\r\n` +
        'Content-Type: multipart/form-data; boundary=X\r\n\r\n' +
        `--X\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${tokenIn(step)}\r\n`,
    )
    return socket
  }
  /** Saves the step, whose form may bring files whether it does or not. */
  const saved = async (visitor: Visitor, { url }: Page): Promise<Page> =>
    visitor.submit(await visitor.get(url), REPORTED, { button: 'Salva richiesta' })

  it('are eight: the ninth is told to wait, others’ go through, and so does the next once one has ended', async () => {
    const { visitor, step } = await begun(running.platform, 'Giulia Conti')
    const sockets = await Promise.all(Array.from({ length: 8 }, () => halfSent(visitor, step)))
    let ninth = await saved(visitor, step)
    while (ninth.status !== 429) ninth = await saved(visitor, step)
    expect(ninth.headers.get('retry-after')).to.equal('60')
    expect(ninth.text).to.include('Stai già inviando otto moduli con file')
    const other = await begun(running.platform, 'Marco Rinaldi')
    expect((await saved(other.visitor, other.step)).status).to.equal(200)
    sockets.forEach((socket) => socket.destroy())
    let next = await saved(visitor, step)
    while (next.status === 429) next = await saved(visitor, step)
    expect(next.status).to.equal(200)
  })
})
