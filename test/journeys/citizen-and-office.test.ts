import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { romeDate } from '../../server/shared/dates.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import { beginRequest, fillRequest } from './applicant.ts'
import { fileFor, testAttachments } from './attachments.ts'
import { personAt, type Person } from './person.ts'

const PROCEDURE = 'occupazione-suolo-pubblico-temporanea'
/** As officers write: in lines, with an address that no line can hold. */
const ASKED = `Serve:
- una planimetria con le misure;
- il modulo https://comune.vallechiara.example/modulistica/${'occupazione-del-suolo-pubblico/'.repeat(3)}modulo.pdf`
const REASONS = 'L’area è libera nelle date richieste e non intralcia la circolazione.'

/** The main job of the platform, its nine steps in order (issue 1), by four people at four browsers. */
for (const javascript of [true, false]) {
  describe(`a citizen files, the office answers, ${javascript ? 'with' : 'without'} a script`, function () {
    this.timeout(180_000)
    const site = testPlatform()
    const browser = testBrowser()
    const attachments = testAttachments()

    const arrive = async (name: string, path: string, width: 360 | 1280): Promise<Person> => {
      const person = personAt(await browser.visit({ javascript, width }), site.platform.url, { javascript })
      await person.login(name, path)
      return person
    }

    it('from the home page to the sealed outcome', async () => {
      const citizen = await beginFromHome()
      await resumeElsewhere(citizen)
      const answers = sampleAnswers(romeDate(new Date()))[PROCEDURE] ?? {}
      await fillRequest(citizen, {
        answers,
        files: (control) => fileFor(attachments.files, control),
        onPage: citizen.look,
      })
      expect(await citizen.read())
        .to.include('Pro Loco Vallechiara')
        .and.to.include('IT60\u00a0X054')
        .and.to.include('500,00')
      await citizen.press('Conferma e invia')
      const number = await confirmed(citizen)
      const filing = citizen.page.url().replace(/\/inviata$/, '')
      await checkReceipt(citizen, number)

      const officer = await arrive('Ilaria Fontana', '/ufficio', 1280)
      await takeAndAsk(officer, number)
      await answer(citizen, filing)
      await decide(officer, number)
      await seeOutcome(citizen, filing)
      await searchRegister(await arrive('Valentina Costa', '/ufficio/protocollo', 1280), number)
    })

    async function beginFromHome(): Promise<Person> {
      const citizen = personAt(await browser.visit({ javascript, width: 360 }), site.platform.url, { javascript })
      await citizen.open('/')
      await citizen.look()
      await citizen.follow(/Tutti i servizi/)
      await citizen.follow('Occupazione temporanea di suolo pubblico')
      await citizen.look()
      await citizen.follow('Richiedi online')
      await citizen.login('Giulia Conti', `/servizi/${PROCEDURE}/avvia`)
      await beginRequest(citizen, sampleAnswers(romeDate(new Date()))[PROCEDURE] ?? {})
      return citizen
    }

    /** What was typed on the telephone is there on the computer, at its step: half a number too. */
    async function resumeElsewhere({ page, press, open }: Person): Promise<void> {
      await page.getByLabel(/Telefono/).fill('+39 07')
      await press('Salva richiesta')
      const step = new URL(page.url()).pathname
      const other = await arrive('Giulia Conti', '/area-personale', 1280)
      await other.follow('Occupazione temporanea di suolo pubblico')
      expect(new URL(other.page.url()).pathname).to.equal(step)
      expect(await other.page.getByLabel(/Telefono/).inputValue()).to.match(/^\+39 ?07$/)
      await open(step)
    }

    async function confirmed(citizen: Person): Promise<string> {
      const [number] = /\d{7}\/\d{4}/.exec(await citizen.read()) ?? []
      expect(number, await citizen.read()).to.be.a('string')
      await citizen.look()
      return number ?? ''
    }

    async function checkReceipt(citizen: Person, number: string): Promise<void> {
      const bytes = await download(citizen.page, /Scarica la ricevuta/)
      const folder = mkdtempSync(join(tmpdir(), 'sportello-receipt-'))
      const file = join(folder, 'ricevuta.pdf')
      writeFileSync(file, bytes)
      const seal = execFileSync('pdfsig', [file], { encoding: 'utf8', env: { ...process.env, HOME: folder } })
      const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
      rmSync(folder, { recursive: true })
      // The time stamp and, after the signed part, the validation data (PAdES baseline LT).
      expect(seal)
        .to.include('Signature is Valid')
        .and.to.match(/Signature Type: ETSI.CAdES.detached/)
      expect(text).to.include(number).and.to.include('Giorgio Marini')
      const [, code = ''] = /\/verifica\/([\w-]{22})/.exec(text.replace(/\s/g, '')) ?? []
      const stranger = personAt(await browser.visit({ javascript, width: 360 }), site.platform.url, { javascript })
      await stranger.open(`/verifica/${code}`)
      expect(await stranger.read())
        .to.include(number)
        .and.not.to.include('Giulia')
      await stranger.look()
    }

    /** The receipt is sealed a moment after the filing; the page says so and a reload shows it. */
    async function download(page: Page, link: RegExp): Promise<Buffer> {
      for (let tries = 0; tries < 60 && (await page.getByRole('link', { name: link }).count()) === 0; tries += 1) {
        await page.waitForTimeout(500)
        await page.reload()
      }
      const href = await page.getByRole('link', { name: link }).first().getAttribute('href')
      const response = await page.request.get(new URL(href ?? '', page.url()).href)
      expect(response.headers()['content-disposition']).to.match(/^attachment/)
      return response.body()
    }

    async function takeAndAsk(officer: Person, number: string): Promise<void> {
      await officer.look()
      await officer.follow(number)
      await officer.look()
      await officer.follow('Prendi in carico')
      await officer.press('Prendi in carico')
      await officer.follow(/integrazione/i)
      await officer.press(/integrazione/i)
      expect(await officer.read(), 'a request without words').to.include('Scrivi la motivazione')
      await officer.page.getByLabel(/Motivazione/).fill(ASKED)
      await officer.look()
      await officer.press(/integrazione/i)
      expect(await officer.read()).to.include('Da integrare')
    }

    async function answer(citizen: Person, filing: string): Promise<void> {
      await citizen.page.goto(filing)
      const call = citizen.page.locator('.alert-warning')
      expect(await call.innerText(), 'where they answer')
        .to.include('Serve una tua risposta')
        .and.to.include(ASKED)
        .and.to.include('Rispondi entro')
      await citizen.look()
      await citizen.follow(/integrazione/i)
      expect(await citizen.read()).to.include(ASKED)
      await citizen.press(/integrazione/i)
      expect(await citizen.read(), 'an answer without its papers').to.include('Carica almeno un documento')
      await citizen.look()
      await citizen.page
        .getByLabel(/Documenti da allegare/)
        .setInputFiles([attachments.files.p7m, attachments.files.jpeg])
      await citizen.press(/integrazione/i)
      expect(await citizen.read())
        .to.include('In elaborazione')
        .and.to.include('procura.pdf.p7m')
    }

    async function decide(officer: Person, number: string): Promise<void> {
      await officer.open('/ufficio?elenco=in-corso')
      await officer.follow(number)
      const filing = officer.page.url()
      await officer.follow(/^Verifica delle firme/)
      await officer.look()
      await officer.page.goto(filing)
      await officer.follow(/Rilascia|Accogli|Concedi/)
      await officer.page.getByLabel(/Motivazione/).fill(REASONS)
      await officer.press(/Rilascia|Accogli|Concedi/)
      expect(await officer.read()).to.include('Accettata')
    }

    async function seeOutcome(citizen: Person, filing: string): Promise<void> {
      await citizen.page.goto(filing)
      expect(await citizen.read())
        .to.include('Accettata')
        .and.to.include('Esito')
      await citizen.look()
      await citizen.follow(/^Verifica delle firme/)
      await citizen.look()
      await citizen.open('/area-personale/pratiche')
      await citizen.page.getByText('Area personale: Pratiche').click()
      await citizen.follow(/^Messaggi/)
      for (let tries = 0; tries < 40 && site.platform.mailbox.mails().length < 4; tries += 1)
        await citizen.page.waitForTimeout(250)
      const mails = site.platform.mailbox.mails()
      expect(mails.map(({ to }) => to).flat()).to.include('giulia.conti@posta.example')
      expect(mails.map(({ text }) => text).join(), 'nothing sensitive leaves by mail').not.to.include(ASKED)
      await citizen.look()
    }

    async function searchRegister(clerk: Person, number: string): Promise<void> {
      await clerk.page.getByLabel(/Oggetto, nome o codice fiscale/).fill('Pro Loco')
      await clerk.press('Cerca')
      expect((await clerk.read()).match(/\d{7}\/\d{4}/g), 'filing, request, answer, outcome').to.have.length(4)
      await clerk.look()
      await clerk.follow(number)
      expect(await clerk.read()).to.match(/[0-9a-f]{64}/)
      const xml = await download(clerk.page, /Segnatura/)
      expect(xml.toString()).to.include('NumeroRegistrazione').and.to.include(number.slice(0, 7))
    }
  })
}
