import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documentsOf, entriesOf, sent } from '../filings/citizen.ts'
import { personAt } from '../journeys/person.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'

describe('the draft of a letter', function () {
  this.timeout(60_000)
  const site = testPlatform()
  const browser = testBrowser()
  const folder = mkdtempSync(join(tmpdir(), 'bozze-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const javascript of [true, false]) {
    it(`is read before it goes out, ${javascript ? 'with' : 'without'} a script`, async () => {
      const { id } = await sent(site.platform, 'Giulia Conti')
      const page = await browser.visit({ javascript, width: javascript ? 1280 : 360 })
      const matteo = personAt(page, site.platform.url, { javascript })
      await matteo.login('Matteo Longo', `/ufficio/pratiche/${id}/passo/prendi-in-carico`)
      expect(await page.getByRole('button', { name: /bozza/ }).count(), 'a step without a letter').to.equal(0)
      await matteo.press('Prendi in carico')
      await matteo.follow('Chiedi precisazioni')
      await matteo.press(/bozza/)
      expect(await matteo.read(), 'a letter without its reasons').to.include('Scrivi la motivazione')
      await page.getByLabel(/Motivazione/).fill('Di quale civico si tratta?')
      await matteo.look()
      const before = await documentsOf(site.platform, id)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /bozza/ }).click(),
      ])
      const file = join(folder, `${id}.pdf`)
      await download.saveAs(file)
      const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
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
