import { expect } from 'chai'
import { declarationErrors } from '../../server/offices/family.ts'
import { sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'

const BASE = '/ufficio/conflitti'
const MATTEO = 'LNGMTT96H06D653K'
const GIULIA = 'CNTGLI85H54G478Q'

describe('whom an officer declares as near', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()
  let filing: string

  const arrive = async (name: string, path: string): Promise<Visitor> => {
    const visitor = site.platform.visitor()
    await logIn(visitor, name, path)
    return visitor
  }

  before(async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    filing = `/ufficio/pratiche/${id}`
  })

  it('closes that person’s filings to the officer, until withdrawn', async () => {
    const matteo = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await matteo.enter('Matteo Longo', filing)
    expect(await matteo.read()).to.include('Buca profonda')
    await matteo.page.locator('.account-menu summary').click()
    await matteo.page.getByRole('link', { name: 'Conflitti di interessi' }).click()
    await matteo.press('Dichiara')
    expect(await matteo.read())
      .to.include('Scrivi un codice fiscale valido')
      .and.to.include('Scegli il legame.')
    await matteo.look()
    await matteo.page.getByLabel('Codice fiscale della persona').fill(GIULIA.toLowerCase())
    await matteo.page.getByLabel('Legame').selectOption('Parente o affine entro il secondo grado')
    await matteo.press('Dichiara')
    expect(await matteo.read()).to.match(new RegExp(`${GIULIA}[\\s\\S]*Parente`))
    expect(matteo.page.url(), 'the address').to.match(/\/conflitti$/)
    await matteo.look()

    await matteo.open(filing)
    expect(await matteo.read())
      .to.include('persona che hai dichiarato vicina a te')
      .and.not.to.include('Buca profonda')
    const again = await arrive('Matteo Longo', '/ufficio')
    for (const path of ['/passo/prendi-in-carico', '/fascicolo.zip'])
      expect((await again.get(filing + path)).status, path).to.equal(403)
    const roberta = await arrive('Roberta Villa', '/ufficio')
    expect((await roberta.get(filing)).text, 'to a colleague').to.include('Buca profonda')

    await matteo.open(BASE)
    await matteo.press(/^Ritira/)
    expect(await matteo.read())
      .to.include('Non hai dichiarato nessuno')
      .and.to.match(new RegExp(`ritirate[\\s\\S]*${GIULIA}`))
    await matteo.look()
    await matteo.open(filing)
    expect(await matteo.read()).to.include('Buca profonda')
  })

  it('is seen and withdrawn by that officer only', async () => {
    const matteo = await arrive('Matteo Longo', BASE)
    const declare = async () =>
      matteo.submit(await matteo.get(BASE), { cf: GIULIA, legame: 'spouse' }, { button: 'Dichiara' })
    expect((await declare()).text).to.include('Coniuge')
    const twice = await declare()
    expect([twice.status, twice.text.includes('Hai già dichiarato')]).to.deep.equal([422, true])

    const declarations = site.platform.connection.collection('familydeclarations')
    const open = await declarations.findOne({ officer: MATTEO, withdrawnAt: null })
    for (const name of ['Roberta Villa', 'Silvia Donati', 'Enrico Sala', 'Laura Sforza']) {
      const visitor = await arrive(name, BASE)
      const page = await visitor.get(BASE)
      expect([page.status, page.body.includes(GIULIA)], name).to.deep.equal([200, false])
      const token = page.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
      const body = new URLSearchParams({ _csrf: token })
      const answer = await visitor.request(`${BASE}/ritira/${String(open?._id)}`, { method: 'POST', body })
      expect(answer.status, name).to.equal(404)
    }
    expect((await (await arrive('Giulia Conti', BASE)).get(BASE)).status, 'to a citizen').to.equal(404)
    expect(await declarations.countDocuments({ officer: MATTEO, withdrawnAt: null })).to.equal(1)
  })

  it('is a person or a body, with a tie that the law names', () => {
    const named = (cf: string, legame: string) => Object.keys(declarationErrors({ cf, legame }, MATTEO))
    expect(named(GIULIA, 'relative')).to.deep.equal([])
    expect(named('99000000994', 'body')).to.deep.equal([])
    expect(named(MATTEO, 'spouse')).to.deep.equal(['cf'])
    expect(named('RNLMRC81C02D653X', '__proto__')).to.deep.equal(['cf', 'legame'])
  })
})
