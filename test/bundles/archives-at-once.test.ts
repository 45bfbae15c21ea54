import { expect } from 'chai'
import express from 'express'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { AppError } from '../../server/errors.ts'
import { sendBundle } from '../../server/bundles/index.ts'

describe('archives that are asked for at once', () => {
  const made: PassThrough[] = []
  let server: Server

  before(async () => {
    const make = () => {
      const stream = new PassThrough()
      stream.write('PK')
      made.push(stream)
      return Promise.resolve(stream)
    }
    const app = express().get('/:person', (req, res) =>
      sendBundle(res, { name: 'dati.zip', make }, req.params.person).catch((error: unknown) => {
        if (!(error instanceof AppError)) return
        const { explanation, details } = error
        res.status(error.status).json({ explanation, ...details })
      }),
    )
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.closeAllConnections())

  const asked = (person: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${person}`, { method })

  it('are two for each person; the third is told to wait, and is served once one has ended or was given up', async () => {
    const [first, second] = [await asked('giulia'), await asked('giulia')]
    expect([first.status, second.status]).to.deep.equal([200, 200])
    const third = await asked('giulia')
    expect(third.status).to.equal(429)
    const refusal = (await third.json()) as { explanation: string; retryAfter: number }
    expect(refusal.explanation).to.include('Stai già scaricando due archivi')
    expect(refusal.retryAfter).to.equal(60)
    expect((await asked('giulia', 'HEAD')).status).to.equal(200)
    expect((await asked('marco')).status).to.equal(200)
    expect(made).to.have.length(3)

    made[0]?.end()
    await first.text()
    const fourth = await asked('giulia')
    expect(fourth.status).to.equal(200)
    const givenUp = new Promise((resolve) => made[1]?.once('close', resolve))
    await second.body?.cancel()
    await givenUp
    expect((await asked('giulia')).status).to.equal(200)
  })
})
