import { expect } from 'chai'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import { fillRequest } from './applicant.ts'
import { fileFor, testAttachments } from './attachments.ts'
import { personAt, type Person } from './person.ts'

const PROCEDURE = 'accesso-documentale'
const LUCA = 'NRELCU73E27D612Y'
const TODAY = romeDate(new Date())

describe('a person lets another act for them', function () {
  this.timeout(120_000)
  const site = testPlatform()
  const browser = testBrowser()
  const attachments = testAttachments()

  async function arrive(name: string, path: string, width: 360 | 1280): Promise<Person> {
    const person = personAt(await browser.visit({ javascript: true, width }), site.platform.url)
    await person.enter(name, path)
    await person.look()
    return person
  }

  it('on line: given, used, seen by both, taken back', async () => {
    const anna = await arrive('Anna Maria Galli', '/area-personale/deleghe', 360)
    await give(anna)
    const giulia = await arrive('Giulia Conti', `/servizi/${PROCEDURE}/avvia`, 360)
    await giulia.page.getByLabel('Per Anna Maria Galli, con la delega').check()
    await giulia.page.getByLabel('Ho letto e compreso').check()
    await giulia.press('Avanti')
    const { recapiti, documenti, interesse } = sampleAnswers(TODAY)[PROCEDURE] ?? {}
    await fillRequest(giulia, {
      answers: { recapiti, documenti, interesse, modalita: { tipo: 'visione' } },
      files: (control) => fileFor(attachments.files, control),
      onPage: async () => {
        expect(await giulia.read()).to.include('per conto di Anna Maria Galli')
        await giulia.look()
      },
    })
    await giulia.press('Conferma e invia')
    await giulia.look()
    const [number = 'no number'] = /\d{7}\/\d{4}/.exec(await giulia.read()) ?? []

    await anna.open('/area-personale/pratiche')
    expect(await anna.read()).to.include(number)
    await anna.follow('Accesso ai documenti amministrativi')
    expect(await anna.read()).to.include('delegato: delega data in linea al Comune')
    await anna.look()
    await anna.open('/area-personale/deleghe')
    await anna.follow('Giulia Conti')
    await anna.look()
    await anna.press('Revoca la delega')
    expect(await anna.read()).to.include('Revocata')
    await giulia.open('/area-personale/pratiche')
    expect(await giulia.read()).not.to.include(number)
  })

  async function give(anna: Person): Promise<void> {
    await anna.follow('Dai una delega')
    await anna.page.getByLabel(/^Nome/).fill('Giulia')
    await anna.page.getByLabel(/^Cognome/).fill('Conti')
    await anna.page.getByLabel(/Codice fiscale/).fill('CNTGLI85H54G478Q')
    await anna.page.getByLabel(/I servizi che scelgo/).check()
    await anna.press('Dai la delega')
    expect(await anna.read(), 'nothing is chosen yet').to.include('Scegli almeno un servizio')
    await anna.look()
    await anna.page.getByLabel(/Accesso ai documenti/).check()
    await anna.page.getByLabel(/^Al/).fill(addDays(TODAY, 30))
    await anna.press('Dai la delega')
    expect(await anna.read()).to.include('Valida')
  }

  it('on paper: shown, approved by an officer, offered at the next request', async () => {
    const luca = await arrive('Luca Neri', '/area-personale/deleghe/procura', 1280)
    await luca.page.getByLabel(/^Nome/).fill('Anna Maria')
    await luca.page.getByLabel(/^Cognome/).fill('Galli')
    await luca.page.locator('[name=codiceFiscale]').fill('GLLNMR42T48I921B')
    await luca.page.getByLabel(/Tutti i servizi/).check()
    await luca.page.getByLabel(/^Al/).fill(addDays(TODAY, 30))
    await luca.press('Invia la procura')
    expect(await luca.read(), 'without a paper').to.include('Carica la procura firmata')
    await luca.page.getByLabel(/Procura firmata/).setInputFiles(attachments.files.pdf)
    await luca.press('Invia la procura')
    expect(await luca.read())
      .to.include('Hai inviato la procura')
      .and.to.include('In esame')

    const valentina = await arrive('Valentina Costa', '/ufficio/deleghe', 1280)
    await valentina.follow('Anna Maria Galli')
    const paper = await valentina.page.locator('main a[href*="/documenti/"]').first().getAttribute('href')
    await valentina.page.request.get(site.platform.url + String(paper))
    await seenBy('CSTVNT80A65F839C', ['mandate', 'mandate-paper'])
    await valentina.press('Non approvare')
    expect(await valentina.read()).to.include('Scrivi perché la procura non va bene')
    await valentina.look()
    await valentina.press('Approva la procura')
    await luca.open(`/servizi/${PROCEDURE}/avvia`)
    expect(await luca.read()).to.include('Per Anna Maria Galli, con la delega che il Comune ha registrato')
  })

  /** What that officer looked at is written down, for both whose mandate it is. */
  async function seenBy(officer: string, what: readonly string[]): Promise<void> {
    const written = await site.platform.connection.collection('consultations').find({ 'by.cf': officer }).toArray()
    expect(written.map((one) => one['what'] as string)).to.deep.equal(what)
    for (const { owners } of written) expect(owners).to.have.members(['GLLNMR42T48I921B', LUCA])
  }
})
