import { expect } from 'chai'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { answerOf } from '../filings/citizen.ts'
import { createBrowser } from '../identity/browser.ts'
import { developmentAuthority, makeCard, publishCrl, showCard } from '../support/card-reader.ts'
import { startDirectory, type RunningDirectory } from '../support/directory.ts'
import { startFront, type Front } from '../support/front.ts'
import { testPlatform } from '../support/platform.ts'
import { createVisitor, type Page, type Visitor } from '../support/visitor.ts'
import { MONTELAGO, montelago, VALLECHIARA } from './second-municipality.ts'

const LUCA = { cf: 'NRELCU73E27D612Y', givenName: 'Luca', familyName: 'Neri' }
const CHIARA = { cf: 'MRTCHR83B57G478O', givenName: 'Chiara', familyName: 'Moretti' }

describe('every other login at the second municipality of a platform', function () {
  this.timeout(90_000)
  const folder = mkdtempSync(join(tmpdir(), 'directories-'))
  const running = testPlatform({
    env: { PUBLIC_ADDRESS: VALLECHIARA, STAFF_DIRECTORIES: folder },
    members: [montelago],
  })
  const fronts = new Map<string, string>()
  const open: Front[] = []
  let directories: RunningDirectory[] = []

  const visitorAt = (address: string): Visitor => createVisitor(address, fronts)
  const browserAt = (address: string) => createBrowser(fronts.get(address) ?? '')

  before(async () => {
    const { env, identityProvider } = running.platform
    for (const address of [VALLECHIARA, MONTELAGO]) open.push(await startFront(address, Number(env['PORT'])))
    for (const { address, url } of open) fronts.set(address, url)
    identityProvider.learn(`${fronts.get(MONTELAGO) ?? ''}/spid/metadata`)
    directories = [
      await startDirectory({ port: 0, persons: [CHIARA], platform: VALLECHIARA }),
      await startDirectory({ port: 0, persons: [CHIARA, LUCA], platform: MONTELAGO }),
    ]
    directories[0]?.writeFile(folder, running.platform.demonstration.municipality.id)
    directories[1]?.writeFile(folder, montelago.municipality.id)
  })
  after(async () => {
    await Promise.all([...open, ...directories].map(async ({ stop }) => stop()))
    rmSync(folder, { recursive: true })
  })

  for (const [scheme, name] of [
    ['cie', 'Giulia Conti'],
    ['eidas', 'Klara Lindqvist'],
  ] as const)
    it(`with ${scheme}: there and back`, async () => {
      const visitor = visitorAt(MONTELAGO)
      const choice = await visitor.get(`/accesso/${scheme}?livello=2&ritorno=/area-personale`)
      const page = await visitor.submit(await answerOf(visitor, choice, name), {}, { form: 'form' })
      expect(page.url).to.equal(`${MONTELAGO}/area-personale`)
      expect(page.text).to.include(name.split(' ')[0])
      const left = await visitor.submit(await visitor.get('/esci'))
      expect([left.url, left.headers.get('refresh')], 'no business of the staff’s directory').to.deep.equal([
        `${MONTELAGO}/esci`,
        null,
      ])
    })

  describe('with a card', () => {
    const card = () => {
      const trust = running.platform.env['CNS_AUTHORITIES'] ?? ''
      const authority = developmentAuthority(dirname(trust))
      publishCrl(trust, authority)
      return makeCard(authority)
    }

    it('comes back to the municipality where it was begun, and opens it alone', async () => {
      const browser = browserAt(MONTELAGO)
      const { location } = await showCard((await browser.get('/accesso/cns?ritorno=/servizi')).location, card())
      const back = new URL(location)
      expect(back.origin).to.equal(MONTELAGO)
      expect((await browser.get(back.pathname + back.search)).location).to.equal('/servizi')
      expect((await browser.get('/area-personale')).text).to.include('Ciao, Giulia')
    })

    it('is refused by another municipality, in the same browser too', async () => {
      const [there, here] = [browserAt(MONTELAGO), browserAt(VALLECHIARA)]
      const { location } = await showCard((await there.get('/accesso/cns')).location, card())
      for (const [name, value] of there.cookies) here.cookies.set(name, value)
      const back = new URL(location)
      expect((await here.get(back.pathname + back.search)).status).to.equal(403)
      expect((await here.get('/area-personale')).location).to.match(/^\/accesso\?/)
    })
  })

  describe('with the directory of its staff', () => {
    /** At a municipality's own directory, from its page for staff. */
    async function atDirectory(address: string): Promise<{ visitor: Visitor; page: Page }> {
      const visitor = visitorAt(address)
      const page = await visitor.get('/accesso/personale/entra')
      return { visitor, page }
    }

    it('opens that municipality’s desk, and nothing of the first', async () => {
      const { visitor, page } = await atDirectory(MONTELAGO)
      expect(page.url).to.include(directories[1]?.issuer)
      const desk = await visitor.submit(page, {}, { button: /Luca Neri/ })
      expect([desk.status, desk.url]).to.deep.equal([200, `${MONTELAGO}/ufficio`])
      visitor.cookies.set(new URL(VALLECHIARA).host, new Map(visitor.cookies.get(new URL(MONTELAGO).host)))
      expect(new URL((await visitor.get(`${VALLECHIARA}/ufficio`)).url).pathname).to.equal('/accesso')
    })

    it('asks the first’s own directory at the first', async () => {
      expect((await atDirectory(VALLECHIARA)).page.url).to.include(directories[0]?.issuer)
    })

    it('refuses the first’s officers, who have no appointment there', async () => {
      const { visitor, page } = await atDirectory(MONTELAGO)
      const refused = await visitor.submit(page, {}, { button: /Chiara Moretti/ })
      expect([refused.status, refused.body.includes('OIDC-not-an-officer')]).to.deep.equal([403, true])
    })

    it('a beginning at one is lost at the other, in the same browser too', async () => {
      const [there, here] = [browserAt(MONTELAGO), browserAt(VALLECHIARA)]
      const { location } = await there.get('/accesso/personale/entra')
      for (const [name, value] of there.cookies) here.cookies.set(name, value)
      const state = new URL(location).searchParams.get('state') ?? ''
      const answer = await here.get(`/accesso/personale/ritorno?code=x&state=${state}`)
      expect([answer.status, answer.text.includes('OIDC-lost')]).to.deep.equal([403, true])
    })

    it('is left on both sides, and the way leads back there', async () => {
      const { visitor, page } = await atDirectory(MONTELAGO)
      await visitor.submit(page, {}, { button: /Luca Neri/ })
      const left = await visitor.submit(await visitor.get('/esci'))
      expect((await visitor.get('/ufficio')).url).to.include('/accesso')
      const address = /url=(.*)/.exec(left.headers.get('refresh') ?? '')?.[1] ?? ''
      const said = new URL(address).searchParams
      expect([said.get('post_logout_redirect_uri'), said.has('id_token_hint')]).to.deep.equal([
        `${MONTELAGO}/esci`,
        true,
      ])
      // The directory sends people back to registered addresses only, and asks first.
      const asked = await visitor.get(address)
      expect([asked.status, asked.text.includes('Esci')]).to.deep.equal([200, true])
    })
  })
})
