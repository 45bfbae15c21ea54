import { expect } from 'chai'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'

const BASE = '/ufficio/registro-accessi'
const GIULIA = 'CNTGLI85H54G478Q'
const MARCO = 'RNLMRC81C02D653D'
const ENRICO = 'SLANRC72S03F205E'

type Written = { what: string; page: string; about: string; by: { cf: string; role: string }; owners: string[] }

describe('the pages of the log of logins', function () {
  this.timeout(90_000)
  const site = testPlatform()
  const browser = testBrowser()

  const consultations = () => site.platform.connection.collection<Written>('consultations')
  const messages = () => site.platform.connection.collection('saml_messages')
  beforeEach(() => consultations().deleteMany({}))

  it('find a login, open its messages, and write down both', async () => {
    await logIn(site.platform.visitor(), 'Giulia Conti', '/area-personale')
    const enrico = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await enrico.enter('Enrico Sala', BASE)
    await enrico.press('Cerca')
    expect(await enrico.read()).to.include('Indica un codice fiscale, un identificativo o almeno un giorno.')
    await enrico.look()
    expect(await consultations().countDocuments()).to.equal(0)

    await enrico.page.getByLabel('Codice fiscale').fill(MARCO)
    await enrico.press('Cerca')
    expect(await enrico.read()).to.include('Nessun accesso trovato')
    await enrico.page.getByLabel('Codice fiscale').fill(GIULIA)
    await enrico.press('Cerca')
    expect(enrico.page.url(), 'the address').not.to.match(/CNT/i)
    expect(await enrico.read()).to.match(/1 accesso[\s\S]*SPID, livello \d[\s\S]*Riuscito/i)
    await enrico.look()

    await enrico.follow(/\d{2}\/\d{2}\/\d{4}/)
    const text = await enrico.read()
    expect(text).to.include('AuthnRequest').and.to.include(`TINIT-${GIULIA}`)
    await enrico.look()
    const download = enrico.page.waitForEvent('download')
    await enrico.page.getByRole('link', { name: 'Scarica il testo della risposta' }).click()
    expect((await download).suggestedFilename()).to.match(/^risposta_[\w-]+\.xml$/)

    const written = await consultations().find().sort({ at: 1 }).toArray()
    const opened = new URL(enrico.page.url()).pathname
    expect(written.map(({ page, owners }) => [page, owners])).to.deep.equal([
      [BASE, [MARCO]],
      [BASE, [GIULIA]],
      [opened, [GIULIA]],
      [`${opened}/messaggi/2`, [GIULIA]],
    ])
    for (const { what, by } of written) expect([what, by.cf, by.role]).to.deep.equal(['message-log', ENRICO, 'auditor'])

    const giulia = site.platform.visitor()
    const seen = await logIn(giulia, 'Giulia Conti', '/area-personale/consultazioni')
    expect(seen.text).to.include('Ha consultato il registro degli accessi').and.not.to.include('Sala')
  })

  it('keep two searches by tax code apart, and lead back to each', async () => {
    for (const name of ['Giulia Conti', 'Marco Rinaldi']) await logIn(site.platform.visitor(), name, '/area-personale')
    const enrico = site.platform.visitor()
    const form = await logIn(enrico, 'Enrico Sala', BASE)
    const [giulias, marcos] = [await enrico.submit(form, { cf: GIULIA }), await enrico.submit(form, { cf: MARCO })]
    for (const [cf, found] of [
      [GIULIA, giulias],
      [MARCO, marcos],
    ] as const) {
      const again = await enrico.get(found.url)
      expect(again.html.querySelector('#cf')?.getAttribute('value')).to.equal(cf)
      const login = await enrico.follow(again, /\d{2}\/\d{2}\/\d{4}/)
      expect(login.text).to.include(`TINIT-${cf}`)
      expect((await enrico.follow(login, 'Torna alla ricerca')).url).to.equal(found.url)
    }
    const other = await logIn(
      site.platform.visitor(),
      'Laura Sforza',
      new URL(giulias.url).pathname + new URL(giulias.url).search,
    )
    expect(other.text, 'of another session').not.to.match(/\d access/)
    const crafted = await enrico.get(
      `${BASE}/${String((await messages().findOne({ kind: 'request' }))?.['requestId'])}?ricerca=//x&cf=${GIULIA}`,
    )
    expect(crafted.html.querySelector('.office-back a')?.getAttribute('href')).to.equal(BASE)
  })

  it('search by day with everything in the address, and say what cannot be found by tax code', async () => {
    const laura = site.platform.visitor()
    const form = await logIn(laura, 'Laura Sforza', BASE)
    const all = await laura.submit(form, { dal: '2026-01-01', al: '2099-12-31' })
    expect(all.url).to.match(/\?dal=2026-01-01&al=2099-12-31$/)
    expect(all.html.querySelectorAll('tbody tr')).to.have.length(await messages().countDocuments({ kind: 'request' }))
    expect(all.text).not.to.include('si cercano per codice fiscale')
    await messages().updateMany({}, { $unset: { person: '' } })
    const none = await laura.submit(form, { cf: GIULIA })
    expect(none.text).to.include('si trovano solo per giorno').and.to.include('Nessun accesso trovato')
    expect((await consultations().find().toArray()).map(({ about }) => about)).to.deep.equal([
      'Ricerca dal 01/01/2026, al 31/12/2099',
      'Ricerca per codice fiscale',
    ])
  })

  it('are there for nobody else', async () => {
    const [one] = await messages().find({ kind: 'request' }).toArray()
    const id = String(one?.['requestId'])
    for (const name of ['Silvia Donati', 'Roberta Villa', 'Valentina Costa', 'Giulia Conti']) {
      const visitor = site.platform.visitor()
      expect((await logIn(visitor, name, BASE)).status, name).to.equal(404)
      for (const path of ['?dal=2026-01-01', `/${id}`, `/${id}/messaggi/1`])
        expect((await visitor.get(BASE + path)).status, `${name} ${path}`).to.equal(404)
    }
    expect(await consultations().countDocuments()).to.equal(0)
  })
})
