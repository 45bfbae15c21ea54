import { expect } from 'chai'
import express from 'express'
import { mongo } from 'mongoose'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { errorHandler } from '../../server/web/error-handler.ts'
import { viewsBelow } from '../../server/web/views.ts'

const labelled = (label: string): Error => {
  const error = new mongo.MongoServerError({ message: 'not primary', code: 1 })
  error.addErrorLabel(label)
  return error
}

describe('the answer while the database is away', () => {
  let thrown: unknown
  const app = express()
  app.set('views', 'templates').set('view engine', 'hbs').engine('hbs', viewsBelow(process.cwd()).engine)
  app.all('/', () => {
    throw thrown
  })
  const ignored = () => undefined
  app.use(errorHandler({ info: ignored, warn: ignored, error: ignored }))
  const server = app.listen(0, '127.0.0.1')
  before(async () => {
    if (!server.listening) await once(server, 'listening')
  })
  after(() => void server.close())
  const answer = (method = 'GET') => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method })

  for (const [what, error] of [
    ['nobody answers', new mongo.MongoNetworkTimeoutError('connection 3 timed out')],
    // The driver does not export this one.
    ['a server hung', Object.assign(new Error('monitor timeout'), { name: 'PoolClearedOnNetworkError' })],
    ['there is no primary', new mongo.MongoServerSelectionError('none', {} as never)],
    ['the primary steps down', new mongo.MongoServerError({ message: 'stepping down', code: 189 })],
    ['a transaction was cut off', labelled('TransientTransactionError')],
    ['our own disk is full', Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC' })],
    ['its disk is full', new mongo.MongoServerError({ message: 'No space left on device', code: 14_031 })],
  ] as const)
    it(`asks people and programs to come back: ${what}`, async () => {
      thrown = error
      const response = await answer()
      expect([response.status, response.headers.get('retry-after')]).to.deep.equal([503, '30'])
      expect(await response.text()).to.include('Riprova tra un minuto')
    })

  it('says how what was just typed is sent again, and offers a page that was asked for', async () => {
    thrown = new mongo.MongoNetworkTimeoutError('connection 3 timed out')
    const [asked, typed] = [await (await answer()).text(), await (await answer('POST')).text()]
    expect(typed).to.include('ricarica questa pagina').and.not.to.include('Riprova</a>')
    expect(asked).to.include('<a class="btn btn-primary" href="">Riprova</a>').and.not.to.include('ricarica')
  })

  it('is for no other failure, which stays a defect', async () => {
    for (const other of [new mongo.MongoServerError({ message: 'E11000', code: 11_000 }), new TypeError('x')]) {
      thrown = other
      expect((await answer()).status).to.equal(500)
    }
  })
})
