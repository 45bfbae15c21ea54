import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { oneTarget } from '../../server/web/target.ts'

/** Addresses in full that Node or Express stumble over. */
const UNREADABLE = [
  'http://',
  'http:///a',
  'http://[',
  'http://a.it:x/',
  'http://a.it:99999/',
  'http://u@:1/',
  'http:a',
]

describe('what a request is for', () => {
  const app = express()
  app.use((req, res) => void res.end(`${req.headers.host ?? 'none'} ${req.path} ${req.originalUrl}`))
  const server = createServer(oneTarget(app)).listen(0, '127.0.0.1')
  after(() => {
    server.close()
  })

  /** The status, and what was asked for. */
  async function asked(target: string, ...lines: string[]): Promise<[status: string, body: string]> {
    const visitor = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(visitor, 'connect')
    visitor.write([`GET ${target} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join('\r\n'))
    const answer = await text(visitor)
    return [answer.slice(9, 12), answer.split('\r\n\r\n')[1] ?? '']
  }

  for (const host of ['comune.example.it', 'COMUNE.example.it:8443', '127.0.0.1', '[2001:db8::1]:3000', 'a_b.it', ''])
    it(`is read with the host «${host}»`, async () => {
      expect(await asked('/a?b=c', `Host: ${host}`)).to.deep.equal(['200', `${host} /a /a?b=c`])
    })

  for (const host of [
    'a.it, b.it',
    'a.it b.it',
    'a@b.it',
    'a.it/b',
    'a.it:x',
    '<b>',
    'comunè.it',
    '[a.it]',
    'a"b',
    'a.it:1:2',
  ])
    it(`is not read with the host «${host}»`, async () => {
      expect(await asked('/', `Host: ${host}`)).to.deep.equal(['400', ''])
    })

  it('is not read with two hosts, were they the same', async () => {
    for (const other of ['Host: a.it', 'Host: b.it', 'HOST: b.it', 'Host:'])
      expect((await asked('/', 'Host: a.it', other))[0], other).to.equal('400')
  })

  it('is what an address in full says, whatever the host beside it', async () => {
    for (const host of ['a.it:81', 'b.it'])
      expect(await asked('http://a.it:81/b?c', `Host: ${host}`)).to.deep.equal(['200', 'a.it:81 /b /b?c'])
    expect((await asked('https://a.it', 'Host: a.it'))[1]).to.equal('a.it / /')
    expect((await asked('http://a.it//b.it/c', 'Host: a.it'))[1]).to.equal('a.it //b.it/c //b.it/c')
    expect((await asked('http://a.it/', 'Host: a.it', 'Host: a.it'))[0]).to.equal('400')
  })

  it('is nothing without a path', async () => {
    for (const target of ['*', 'javascript:alert(1)', 'a.it:443', 'ftp://a.it/', 'a.it', ...UNREADABLE])
      expect(await asked(target, 'Host: a.it'), target).to.deep.equal(['400', ''])
  })
})
