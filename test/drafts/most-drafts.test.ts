import { expect } from 'chai'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { begun, filings, post, REPORT, tokenIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'
import { cookieOf, type Page, type Visitor } from '../support/visitor.ts'

describe('the drafts of one person', () => {
  const site = testPlatform({ env: { WORKER: 'false' } })

  it('are a thousand at most: what to do is said, nothing is begun, and one thrown away makes room', async () => {
    const { visitor, id } = await begun(site.platform, 'Giulia Conti')
    const drafts = filings(site.platform)
    const first = await drafts.findOne({ _id: id })
    const others = Array.from({ length: 998 }, (_, at) => ({ ...first, _id: `other-${at}`, key: `other-${at}` }))
    await drafts.insertMany(others as never)
    const begin = (page: Awaited<ReturnType<typeof visitor.get>>, chiave: string) =>
      post(visitor, page.url, [
        ['_csrf', tokenIn(page)],
        ['chiave', chiave],
        ['privacy', 'letta'],
      ])
    const page = await visitor.get(`/servizi/${REPORT}/avvia`)
    const last = await begin(page, 'last')
    expect(last.status).to.equal(200)
    expect((await begin(page, 'last')).url, 'pressed twice').to.equal(last.url)

    const refused = await begin(page, 'one more')
    expect(refused.status).to.equal(429)
    expect(refused.text).to.include('Hai già 1000 richieste iniziate e non inviate').and.include('invia o elimina')
    expect(await drafts.countDocuments({ state: 'draft' })).to.equal(1_000)

    const question = await visitor.get(`/pratiche/${id}/elimina`)
    const late = await pressed(visitor, question)
    for (const press of ['once', 'twice']) {
      const gone = await visitor.submit(question)
      expect([gone.status, gone.text.includes('La bozza è stata eliminata')], press).to.deep.equal([200, true])
    }
    expect(await late(), 'pressed before the first was answered').to.equal(303)
    expect((await begin(page, 'one more')).url).to.match(/\/pratiche\/[\w-]+\/modulo\//)
  })
})

/** Presses the page's button: the session is looked at, and the form comes once the result is called, which gives the status. */
async function pressed(visitor: Visitor, page: Page): Promise<() => Promise<number | undefined>> {
  const body = new URLSearchParams({ _csrf: tokenIn(page) }).toString()
  const sending = request(page.url, {
    method: 'POST',
    headers: {
      cookie: cookieOf(visitor, page.url),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      expect: '100-continue',
    },
  })
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>
  sending.flushHeaders()
  await once(sending, 'continue')
  return async () => {
    sending.end(body)
    const [answer] = await answered
    answer.resume()
    return answer.statusCode
  }
}
