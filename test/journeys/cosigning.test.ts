import { expect } from 'chai'
import { buffer } from 'node:stream/consumers'
import { makePdf } from '../documents/files.ts'
import { loggedIn } from '../filings/citizen.ts'
import { draftedScia, fileOf, TECHNICIAN } from '../cosigning/signed-scia.ts'
import { testBrowser } from '../support/browser.ts'
import { personalSigner } from '../support/personal-signer.ts'
import { testPlatform } from '../support/platform.ts'
import { personAt } from './person.ts'

describe('a document that somebody else must sign, in a browser', function () {
  this.timeout(120_000)
  const site = testPlatform()
  const browser = testBrowser()
  const elena = personalSigner({ givenName: 'Elena', familyName: 'Bruni', cf: 'BRNLNE76A70A475D' })
  const luca = personalSigner({ givenName: 'Luca', familyName: 'Neri', cf: TECHNICIAN.codiceFiscale })

  it('is asked for from the summary, signed on the signer’s computer and sent back', async () => {
    const { visitor } = await loggedIn(site.platform, 'Elena Bruni', '/area-personale')
    const { id } = await draftedScia(site.platform, visitor, {
      'allegati.scia': fileOf(await elena.signPdf(await makePdf('SCIA')), 'scia.pdf'),
      'allegati.planimetria': fileOf(await makePdf('Planimetria'), 'planimetria.pdf'),
      'allegati.procura': fileOf(await elena.signPdf(await makePdf('Procura')), 'procura.pdf'),
    })
    const filer = personAt(await browser.visit({ javascript: true, width: 1280 }), site.platform.url)
    await filer.login('Elena Bruni', `/pratiche/${id}/riepilogo`)
    await filer.look()
    await filer.press(/Invita a firmare \(Luca Neri/)
    expect(await filer.read()).to.include('Invito mandato il')
    await filer.look()

    const signer = personAt(await browser.visit({ javascript: true, width: 360 }), site.platform.url)
    await signer.login('Luca Neri', '/area-personale')
    await signer.look()
    expect(await signer.read(), 'what they came for').to.match(
      /Hai documenti da firmare \(1\)[^]*Non hai ancora pratiche/,
    )
    await signer.follow('Hai documenti da firmare (1)')
    await signer.look()
    await signer.follow('planimetria.pdf')
    await signer.look()
    const [download] = await Promise.all([
      signer.page.waitForEvent('download'),
      signer.page
        .locator('main')
        .getByRole('link', { name: /planimetria\.pdf/ })
        .click(),
    ])
    const bytes = await buffer(await download.createReadStream())
    expect(await signer.page.locator('#firmato').getAttribute('data-max-size')).to.match(/^20\sMB$/)
    const put = (file: Buffer) =>
      signer.page
        .locator('#firmato')
        .setInputFiles({ name: 'planimetria.pdf', mimeType: 'application/pdf', buffer: file })
    await put(bytes)
    await signer.press('Carica il file firmato')
    expect(await signer.read()).to.include('Il file che hai caricato non è firmato')
    await signer.look()
    await put(Buffer.from(await luca.signPdf(bytes)))
    await signer.press('Carica il file firmato')
    expect(await signer.read()).to.include('Hai firmato questo documento')
    await signer.look()

    await filer.open(`/pratiche/${id}/riepilogo`)
    await filer.look()
    await filer.press('Conferma e invia')
    expect(await filer.read()).to.match(/Richiesta inviata/)
  })
})
