import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { romeDate } from '../../server/shared/dates.ts'
import { ACCESS, documentsOf, entriesOf, filingOf, receiptMade, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'

describe('the draft of a letter', () => {
  const site = testPlatform()
  const browser = testBrowser()
  const folder = mkdtempSync(join(tmpdir(), 'bozze-'))
  after(() => rmSync(folder, { recursive: true }))

  /** The words of the draft that the page makes. */
  async function draftOn(page: Page): Promise<string> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: /bozza/ }).click(),
    ])
    const file = join(folder, 'bozza.pdf')
    await download.saveAs(file)
    return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  }

  it('that somebody else will sign is read by who proposes it, and names who signs by their role', async () => {
    const draft = await sent(site.platform, 'Giulia Conti', {
      procedure: ACCESS,
      answers: sampleAnswers(romeDate(new Date()))[ACCESS] ?? {},
    })
    const page = await browser.visit({ javascript: true, width: 1280 })
    const francesca = personAt(page, site.platform.url)
    await francesca.enter('Francesca Riva', `/ufficio/pratiche/${draft.id}/passo/prendi-in-carico`)
    await francesca.press('Prendi in carico')
    await francesca.follow('Accogli la richiesta di accesso')
    await page.getByLabel(/Motivazione/).fill('I documenti si vedono lunedì.')
    const text = await draftOn(page)
    expect(text).to.include('BOZZA').and.to.include('I documenti si vedono lunedì.')
    expect(text)
      .to.match(/Responsabile dell’ufficio\s+Bozza senza firma/)
      .and.not.to.include('Francesca Riva')
    expect(await filingOf(site.platform, draft.id), 'proposed to nobody').to.include({ toSign: null })
  })

  for (const javascript of [true, false]) {
    it(`is read before it goes out, ${javascript ? 'with' : 'without'} a script`, async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      await receiptMade(site.platform, id)
      const page = await browser.visit({ javascript, width: javascript ? 1280 : 360 })
      const matteo = personAt(page, site.platform.url, { javascript })
      await matteo.enter('Matteo Longo', `/ufficio/pratiche/${id}/passo/prendi-in-carico`)
      expect(await page.getByRole('button', { name: /bozza/ }).count(), 'a step without a letter').to.equal(0)
      await matteo.press('Prendi in carico')
      await matteo.follow('Chiedi precisazioni')
      await matteo.press(/bozza/)
      expect(await matteo.read(), 'a letter without its reasons').to.include('Scrivi la motivazione')
      await page.getByLabel(/Motivazione/).fill('Di quale civico si tratta?')
      await matteo.look()
      const before = await documentsOf(site.platform, id)
      const text = await draftOn(page)
      expect(text.match(/BOZZA/g), 'at its head and at the foot of its page').to.have.length(2)
      expect(text)
        .to.include('Di quale civico si tratta?')
        .and.to.include('Giulia Conti')
        .and.not.to.include('sigillato elettronicamente')
      expect(await documentsOf(site.platform, id), 'nothing of it is kept').to.have.length(before.length)
      expect(await entriesOf(site.platform, id)).to.have.length(1)
      // At once: what was pressed before sent nothing.
      await matteo.press('Chiedi precisazioni')
      expect(await matteo.read()).to.include('Da integrare')
    })
  }
})
