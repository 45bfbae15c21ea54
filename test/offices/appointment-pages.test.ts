import { expect } from 'chai'
import { logsInFrom } from '../filings/citizen.ts'
import { personAt, type Person } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

const BASE = '/ufficio/incarichi'
const MARCO = 'RNLMRC81C02D653D'
const SILVIA = 'DNTSLV78D70G478C'

describe('the pages of appointments', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()

  const arrive = async (name: string, path: string): Promise<Person> => {
    const person = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await person.enter(name, path)
    return person
  }

  /** Two tasks that no worker takes any more. */
  const giveUp = (keys: string[]) =>
    site.platform.connection.collection<{ _id: string }>('outboxtasks').insertMany(
      keys.map((key) => ({
        _id: key,
        key,
        kind: 'message-mailed',
        municipality: 'vallechiara',
        payload: {},
        state: 'dead',
        attempts: 84,
        due: new Date(),
        putAt: new Date(),
        endedAt: new Date(),
        failure: 'UPSTREAM_UNAVAILABLE',
      })),
    )

  it('lead on whoever comes after a login to an address at which something is only done', async () => {
    const silvia = site.platform.visitor()
    const sessions = site.platform.connection.collection('sessions')
    await logIn(silvia, 'Silvia Donati', BASE)
    await giveUp(['again'])
    for (const [path, form, entries, end] of [
      [BASE, 'main form', { cf: MARCO }, /Nessun incarico|non ha/],
      ['/ufficio/operazioni-non-riuscite', 'main form', {}, /Non abbiamo ancora ricevuto[^]*ripeti l’operazione/],
    ] as const) {
      const page = await silvia.get(path)
      await sessions.deleteMany({})
      const access = await silvia.submit(page, entries, { form })
      const after = await logsInFrom(silvia, access, 'Silvia Donati')
      expect(after.status, after.text).to.equal(200)
      expect(after.text).to.match(end)
    }
    for (const path of [`${BASE}/cerca`, '/ufficio/operazioni-non-riuscite/x/riprova', '/ufficio/conflitti/ritira/x']) {
      const { status, url } = await silvia.get(path)
      expect([status, path.startsWith(new URL(url).pathname)], path).to.deep.equal([200, true])
    }
    await site.platform.connection.collection('outboxtasks').deleteMany({ key: 'again' })
  })

  it('give a role, by which one works, and take it back', async () => {
    const silvia = await arrive('Silvia Donati', BASE)
    await silvia.look()
    await silvia.open('/ufficio/liste-fiducia')
    await silvia.look()
    await giveUp(['mail', 'receipt'])
    await silvia.open('/ufficio/operazioni-non-riuscite')
    expect(await silvia.read()).to.include('Riprova tutte (2)')
    await silvia.look()
    await silvia.open(BASE)
    await silvia.page.getByLabel('Codice fiscale').fill(MARCO.toLowerCase())
    await silvia.press('Cerca')
    expect(await silvia.read()).to.include('non ha e non ha mai avuto incarichi')
    expect(silvia.page.url(), 'the address').not.to.match(/RNL/i)
    await silvia.follow('Dai un incarico')
    await silvia.press('Dai l’incarico')
    expect(await silvia.read())
      .to.include('Scrivi un codice fiscale valido, 16 caratteri.')
      .and.to.include('Scrivi il motivo, per esempio l’atto di nomina.')
    await silvia.look()
    await silvia.page.getByLabel('Codice fiscale').fill(MARCO)
    await silvia.page.getByLabel('Nome *', { exact: true }).fill('Marco')
    await silvia.page.getByLabel('Cognome').fill('Rinaldi')
    await silvia.page.getByLabel('Ruolo').selectOption('Istruttore')
    await silvia.page.getByLabel('Ufficio').selectOption('Ufficio Anagrafe')
    await silvia.page.getByLabel('Motivo').fill('Decreto 12/2026')
    await silvia.press('Dai l’incarico')
    expect(await silvia.read()).to.match(
      /Marco Rinaldi[\s\S]*Istruttore\s+In corso[\s\S]*Silvia Donati[\s\S]*Decreto 12/i,
    )
    await silvia.look()

    const marco = await arrive('Marco Rinaldi', '/ufficio')
    await marco.page.getByRole('heading', { level: 1, name: 'Da prendere in carico' }).waitFor()
    expect(await marco.page.locator('header').innerText()).not.to.include('Incarichi')
    expect((await marco.open(BASE))?.status(), 'appointments, to a specialist').to.equal(404)

    await silvia.follow('Termina')
    await silvia.page.getByLabel('Motivo').fill('Trasferito ad altro ente')
    await silvia.look()
    await silvia.press('Termina l’incarico')
    expect(await silvia.read()).to.match(/Terminato[\s\S]*Trasferito ad altro ente/i)
    expect((await marco.open('/ufficio'))?.status(), 'the desk, after the end').to.equal(404)
  })

  describe('with an edited form', () => {
    const giving = (change: Record<string, string>) => ({
      cf: MARCO,
      nome: 'Marco',
      cognome: 'Rinaldi',
      ruolo: 'specialist',
      ufficio: 'anagrafe',
      motivo: 'Perché sì',
      ...change,
    })

    /** Sends the form with values that it does not offer, in the name of this person. */
    async function send(name: string, change: Record<string, string>): Promise<Page> {
      const visitor = site.platform.visitor()
      const form = await logIn(visitor, name, `${BASE}/nuovo`)
      const token = form.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
      const dal = form.html.querySelector('#dal')?.getAttribute('value') ?? '2099-01-01'
      const body = new URLSearchParams({ _csrf: token, dal, al: '', ...giving(change) })
      return visitor.request(`${BASE}/nuovo`, { method: 'POST', body })
    }

    const cases: [what: string, name: string, change: Record<string, string>, status: number][] = [
      ['a role above the giver’s', 'Silvia Donati', { ruolo: 'union-administrator', ufficio: '' }, 403],
      ['a role for the giver', 'Silvia Donati', { cf: SILVIA }, 403],
      ['a municipality that is not theirs', 'Silvia Donati', { municipality: 'altrove', ufficio: 'altrove' }, 422],
      ['a role that is none', 'Silvia Donati', { ruolo: '__proto__' }, 422],
    ]
    for (const [what, name, change, status] of cases) {
      it(`are refused: ${what}`, async () => {
        const before = await site.platform.connection.collection('appointments').countDocuments()
        const answer = await send(name, change)
        expect(answer.status).to.equal(status)
        expect(await site.platform.connection.collection('appointments').countDocuments()).to.equal(before)
      })
    }

    it('are refused an end that is not theirs to give, before they write why', async () => {
      const all = await site.platform.connection.collection('appointments').find({ kind: 'given' }).toArray()
      const idOf = (role: string) => String(all.find((one) => one['role'] === role)?.['_id'])
      const visitor = site.platform.visitor()
      await logIn(visitor, 'Silvia Donati', BASE)
      const form = async (role: string) => visitor.get(`${BASE}/${idOf(role)}/termina/${idOf(role)}`)
      expect((await form('union-administrator')).status, 'a role above one’s own').to.equal(403)
      expect((await form('specialist')).status).to.equal(200)
    })

    it('are refused from whoever may only look', async () => {
      const visitor = site.platform.visitor()
      const seen = await logIn(visitor, 'Enrico Sala', BASE)
      expect(seen.status).to.equal(200)
      const token = seen.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
      const body = new URLSearchParams({ _csrf: token, dal: '2099-01-01', al: '', ...giving({}) })
      expect((await visitor.request(`${BASE}/nuovo`, { method: 'POST', body })).status).to.equal(404)
    })
  })
})
