import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import express from 'express'
import { cardsBehindProxy } from '../../server/identity/card-routes.ts'
import type { CardService } from '../../server/identity/card-service.ts'
import { purposes, toPem, usage } from '../../server/certificates/certificate-builder.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { makeCard, newAuthority, publishCrl, showCard } from '../support/card-reader.ts'
import { testPlatform } from '../support/platform.ts'
import { createBrowser } from './browser.ts'

const SECRET = 'fra il proxy e la piattaforma, 40 caratteri'

type Headers = Record<string, string>

describe('login with a card (CNS), behind a proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cns-'))
  const authority = newAuthority('Autorità delle carte')
  writeFileSync(join(folder, 'autorita.pem'), toPem(authority.certificate))
  publishCrl(folder, authority)
  const card = makeCard(authority)
  const escaped = encodeURIComponent(card.cert)

  const running = testPlatform({
    env: {
      CNS_ADDRESS: 'https://cns.comune.example.it',
      CNS_AUTHORITIES: folder,
      CNS_PROXY_SECRET: SECRET,
      CNS_PROXY_FROM: '127.0.0.1',
    },
  })
  let proxy: Server
  let address: string

  before(async () => {
    const server = makeCard(authority, { extensions: [usage('digitalSignature'), purposes(OID.serverAuthentication)] })
    proxy = await startProxy(server, () => running.platform.url)
    address = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  after(() => {
    proxy.closeAllConnections()
    proxy.close()
    rmSync(folder, { recursive: true })
  })

  /** Begins in a new browser; the path and query at which cards are asked for. */
  async function begun() {
    const browser = createBrowser(running.platform.url)
    const { location } = await browser.get('/accesso/cns')
    const { pathname, search } = new URL(location)
    return { browser, path: pathname + search }
  }

  it('logs in through a real handshake at the proxy', async () => {
    const { browser, path } = await begun()
    const { location } = await showCard(address + path, card)
    expect((await browser.get(location)).location).to.equal('/area-personale')
  })

  it('says that there was no card', async () => {
    const { browser, path } = await begun()
    const { location } = await showCard(address + path)
    expect((await browser.get(location)).text).to.contain('Non abbiamo trovato la tua carta')
  })

  it('overwrites at the proxy what the visitor sends, and takes no card that the proxy distrusts', async () => {
    const { browser, path } = await begun()
    const headers = { 'x-cns-secret': SECRET, 'x-cns-verify': 'FAILED:unable to verify', 'x-cns-certificate': escaped }
    const { location } = await direct(path, headers)
    expect((await browser.get(location)).text).to.contain('Non riconosciamo questa carta')
  })

  for (const [what, headers, from] of [
    ['without the secret', {}, '127.0.0.1'],
    ['with an empty secret', { 'x-cns-secret': '' }, '127.0.0.1'],
    ['with a wrong secret', { 'x-cns-secret': SECRET.toUpperCase() }, '127.0.0.1'],
    ['with the beginning of the secret', { 'x-cns-secret': SECRET.slice(0, -1) }, '127.0.0.1'],
    ['with the secret, from another address', { 'x-cns-secret': SECRET }, '127.0.0.2'],
  ] as const) {
    it(`knows no such page for headers ${what}`, async () => {
      const { browser, path } = await begun()
      const forged = { ...headers, 'x-cns-verify': 'SUCCESS', 'x-cns-certificate': escaped }
      expect((await direct(path, forged, from)).status).to.equal(404)
      // The beginning is still there for its owner: nothing was consumed.
      const { location } = await direct(path, { ...forged, 'x-cns-secret': SECRET })
      expect((await browser.get(location)).status).to.equal(303)
    })
  }

  it('is not logged in by the headers on any other page', async () => {
    const headers = { 'x-cns-secret': SECRET, 'x-cns-verify': 'SUCCESS', 'x-cns-certificate': escaped }
    expect((await direct('/area-personale', headers)).location).to.match(/^\/accesso\?/)
  })

  it('are taken off every request, believed or not: nothing after this sees them', async () => {
    const app = express()
    const proxy = { secret: SECRET, from: ['127.0.0.1'] }
    const log = { info: () => undefined, warn: () => undefined }
    app.use(cardsBehindProxy({ cards: {} as CardService, home: '/', log, proxy }))
    app.use((req, res) => void res.json(Object.keys(req.headers).filter((name) => name.startsWith('x-'))))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    for (const secret of [SECRET, 'altro']) {
      const headers = {
        'x-cns-secret': secret,
        'x-cns-verify': 'SUCCESS',
        'x-cns-certificate': escaped,
        'x-other': '1',
      }
      const seen = await fetch(`http://127.0.0.1:${port}/area-personale`, { headers })
      expect(await seen.json()).to.deep.equal(['x-other'])
    }
    server.close()
  })

  it('calls a broken certificate unreadable', async () => {
    for (const certificate of ['%', 'x', encodeURIComponent(card.cert.slice(0, 200))]) {
      const { browser, path } = await begun()
      const headers = { 'x-cns-secret': SECRET, 'x-cns-verify': 'SUCCESS', 'x-cns-certificate': certificate }
      const { location } = await direct(path, headers)
      expect((await browser.get(location)).text).to.contain('Non riusciamo a leggere la tua carta')
    }
  })

  async function direct(path: string, headers: Headers, localAddress = '127.0.0.1') {
    const { port } = new URL(running.platform.url)
    return new Promise<{ status: number; location: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers, localAddress }, (response) => {
        response.resume()
        resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '' })
      })
        .once('error', reject)
        .end()
    })
  }
})

/** Does what docs/operations.md tells nginx to do. */
async function startProxy({ key, cert }: { key: string; cert: string }, target: () => string): Promise<Server> {
  const server = createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, (req, res) => {
    const certificate = (req.socket as unknown as TLSSocket).getPeerX509Certificate()
    const headers = {
      'x-cns-secret': SECRET,
      'x-cns-verify': certificate ? 'SUCCESS' : 'NONE',
      'x-cns-certificate': certificate ? encodeURIComponent(certificate.toString()) : '',
    }
    request(new URL(req.url ?? '/', target()), { headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    }).end()
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
