import { expect } from 'chai'
import express from 'express'
import session, { MemoryStore, type SessionData } from 'express-session'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bareRedirects } from '../../server/web/session.ts'

describe('a redirect', () => {
  let server: Server
  let saved = false

  /** Takes its time, as a database does that has much to do. */
  class SlowStore extends MemoryStore {
    override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
      setTimeout(() => {
        saved = true
        super.set(id, data, done)
      }, 100)
    }
  }

  before(async () => {
    const app = express()
    app.use(session({ secret: 'test', store: new SlowStore(), resave: false, saveUninitialized: false }), bareRedirects)
    app.post('/see-other', (req, res) => {
      req.session.returnTo = '/there'
      res.redirect(303, '/there?a=à')
    })
    app.post('/found', (_req, res) => res.redirect('/there'))
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close())

  const post = async (path: string) =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { method: 'POST', redirect: 'manual' })

  it('leads on only when the session is saved: the next page must find what was put in it', async () => {
    const answer = await post('/see-other')
    expect(saved).to.equal(true)
    expect(answer.status).to.equal(303)
    expect(answer.headers.get('location')).to.equal('/there?a=%C3%A0')
  })

  it('is a 302 where no status is given', async () => {
    const answer = await post('/found')
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, '/there'])
  })
})
