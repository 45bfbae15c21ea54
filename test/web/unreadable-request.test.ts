import { expect } from 'chai'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { answerUnreadable } from '../../server/web/unreadable-request.ts'
import { testPlatform } from '../support/platform.ts'

/** All that comes back until the connection ends. */
async function answerTo(port: number, ...pieces: string[]): Promise<string> {
  const visitor = connect(port, '127.0.0.1')
  await once(visitor, 'connect')
  for (const piece of pieces) visitor.write(piece)
  return text(visitor)
}

describe('a request that cannot be read', () => {
  const holder = testPlatform({ env: { WORKER: 'false' } })
  const sent = (...pieces: string[]): Promise<string> => answerTo(Number(new URL(holder.platform.url).port), ...pieces)

  for (const [what, request, status, words] of [
    [
      'an address that is too long',
      `GET /${'segreto'.repeat(3_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      431,
      'troppo lungo',
    ],
    [
      'cookies that are too long',
      `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=${'segreto'.repeat(3_000)}\r\n\r\n`,
      431,
      'cookie',
    ],
    ['a line that is no request', 'segreto<script>\r\n\r\n', 400, 'non riusciamo a leggere'],
    ['a version that there is none of', 'GET /segreto HTTP/x\r\n\r\n', 400, 'non riusciamo a leggere'],
  ] as const)
    it(`for ${what} is answered in Italian, without what was sent, and closed`, async () => {
      const [head = '', page = ''] = (await sent(request)).split('\r\n\r\n')
      expect(head).to.match(new RegExp(`^HTTP/1.1 ${status} `))
      for (const line of [
        'content-type: text/html; charset=utf-8',
        'cache-control: no-store',
        "content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        'x-content-type-options: nosniff',
        'connection: close',
        `content-length: ${Buffer.byteLength(page)}`,
      ])
        expect(head).to.include(`\r\n${line}`)
      expect(page).to.include('<html lang="it">').and.include(words).and.include('href="/"')
      expect(head + page).not.to.include('segreto')
    })

  it('is answered once, though more of it is on its way', async () => {
    const rest = Array.from({ length: 40 }, () => 'x'.repeat(16_384))
    const answer = await sent(`GET /${'x'.repeat(20_000)}`, ...rest)
    expect(answer.match(/HTTP\/1\.1/g)).to.have.length(1)
    expect(answer).to.match(/<\/html>\n$/)
  })

  it('puts nothing in the middle of the answer to the one before', async () => {
    const server = answerUnreadable(
      createServer((_req, res) => {
        res.writeHead(200, { 'content-length': 100 }).write('begun')
      }),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answer = await answerTo(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nnone\r\n\r\n').catch(() => '')
    server.close()
    expect(answer).not.to.include('HTTP/1.1 400')
  })
})
