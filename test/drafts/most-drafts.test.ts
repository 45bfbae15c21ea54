import { expect } from 'chai'
import { begun, filings, post, REPORT, tokenIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

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
    for (const press of ['once', 'twice']) {
      const gone = await visitor.submit(question)
      expect([gone.status, gone.text.includes('La bozza è stata eliminata')], press).to.deep.equal([200, true])
    }
    expect((await begin(page, 'one more')).url).to.match(/\/pratiche\/[\w-]+\/modulo\//)
  })
})
