import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { addDays, romeDate, type IsoDate } from '../../server/shared/dates.ts'
import { download } from '../bundles/archive.ts'
import { makePdf } from '../documents/files.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { personalSigner } from '../support/personal-signer.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { documentsOf, entriesOf, filingOf, idIn, loggedIn } from '../filings/citizen.ts'
import { filled } from './filled.ts'
import { fileOf, SCIA } from '../cosigning/signed-scia.ts'

const BOTTEGA = '99000200016'
const ELENA = 'BRNLNE76A70A475D'
/** The company as the register has it once Paolo has left it. */
const WITHOUT_PAOLO = {
  codiceFiscale: BOTTEGA,
  denominazione: 'Bottega Ferri S.r.l.',
  formaGiuridica: 'S.r.l.',
  stato: 'ATTIVA',
  persone: [],
}

/** A shop that sells no food: it has no lists to fill. */
function shopAnswers(today: IsoDate) {
  const { attivita, ...sample } = sampleAnswers(today)[SCIA] ?? {}
  return { ...sample, attivita: { ...(attivita as object), settori: ['non-alimentare'] } }
}

describe('a SCIA that a professional files under the mandate of a company', () => {
  const site = testPlatform()
  const signer = personalSigner({ givenName: 'Elena', familyName: 'Bruni', cf: ELENA })
  const today = romeDate(new Date())
  let paolo: Visitor
  let elena: Visitor
  let id: string

  before(async () => {
    ;({ visitor: paolo } = await loggedIn(site.platform, 'Paolo Ferri', '/area-personale'))
    ;({ visitor: elena } = await loggedIn(site.platform, 'Elena Bruni', '/area-personale'))
  })

  const asCompany = async () => paolo.submit(await paolo.get('/area-personale/deleghe/impresa'), { cfImpresa: BOTTEGA })
  const asHimself = async () =>
    paolo.submit(await paolo.get('/area-personale/deleghe'), {}, { button: 'Torna alle mie deleghe' })

  /** Paolo gives it in the company’s name; the last part of its address. */
  async function mandated(): Promise<string> {
    const page = await paolo.fill(await paolo.follow(await asCompany(), 'Dai una delega'), {
      nome: 'Elena',
      cognome: 'Bruni',
      codiceFiscale: ELENA,
      ambito: 'tutti',
      dal: today,
      al: addDays(today, 30),
    })
    expect(page.text).to.include('tutti i servizi che si possono chiedere per un’impresa')
    await asHimself()
    return new URL(page.url).pathname.split('/').at(-1) ?? ''
  }

  async function begun(mandate: string): Promise<Page> {
    const choice = await elena.get(`/servizi/${SCIA}/avvia`)
    expect(choice.text).to.include('Per Bottega Ferri S.r.l., con la delega che il Comune ha registrato')
    return elena.fill(choice, { privacy: 'letta', perChi: `delega-${mandate}` })
  }

  /** Has Paolo take the mandate back at the moment in which the business register is asked for the nth time from now on. */
  async function revokedAtQuestion(nth: number, mandate: string): Promise<void> {
    await asCompany()
    const page = await paolo.get(`/area-personale/deleghe/${mandate}`)
    site.platform.businessRegister.beforeAnswer(nth, async () => {
      const revoked = await paolo.submit(page, {}, { button: 'Revoca la delega' })
      expect(revoked.text).to.include('Revocata')
      await asHimself()
    })
  }

  it('is filled in from the first page to the last, and sent', async () => {
    const mandate = await mandated()
    const first = await begun(mandate)
    id = idIn(first)
    const summary = await filled(elena, first, {
      answers: shopAnswers(today),
      files: {
        'allegati.scia': fileOf(await signer.signPdf(await makePdf('SCIA')), 'scia.pdf'),
        'allegati.planimetria': fileOf(await makePdf('Planimetria'), 'planimetria.pdf'),
      },
      seen: ({ text, url }) =>
        expect(text, url).to.include('Agisci per conto di Bottega Ferri S.r.l., come professionista incaricato'),
    })
    expect(summary.text, 'the registered mandate takes the place of a paper').not.to.include('procura.pdf')

    const before = await filingOf(site.platform, id)
    await revokedAtQuestion(1, mandate)
    const refused = await elena.submit(summary)
    expect([refused.status, refused.text.includes('La delega con cui agisci non è più valida')]).to.deep.equal([
      403,
      true,
    ])
    expect(await filingOf(site.platform, id), 'a revocation on the way counts').to.deep.equal(before)

    await mandated()
    const confirmation = await elena.submit(summary)
    expect(confirmation.text).to.match(/\d{7}\/\d{4}/)
    expect(confirmation.text).to.match(/Per conto di\s+Bottega Ferri S\.r\.l\./)
  })

  it('is in the register as the company’s, with who filed it and as what', async () => {
    const [entry] = await entriesOf(site.platform, id)
    expect(entry?.['sender']).to.deep.include({ kind: 'company', name: 'Bottega Ferri S.r.l.', cf: BOTTEGA })
    expect(entry?.['actedBy']).to.deep.include({ cf: ELENA })
    expect(entry?.['actedAs']).to.equal('professionista incaricato')
    expect(await filingOf(site.platform, id)).to.have.nested.property('ground.principalKey', BOTTEGA)
  })

  it('has its receipt, for who filed it and for who represents the company', async () => {
    const receipt = `/pratiche/${id}/documenti/${await receiptOf(id)}`
    await asCompany()
    for (const visitor of [elena, paolo]) {
      const paper = await visitor.get(receipt)
      expect([paper.status, paper.body.slice(0, 5)]).to.deep.equal([200, '%PDF-'])
    }
    const { bytes } = await download(elena, new URL(receipt, site.platform.url))
    const words = execFileSync('pdftotext', ['-layout', '-', '-'], { input: bytes }).toString()
    expect(words)
      .to.match(/Per conto di\s+Bottega Ferri S\.r\.l\./)
      .and.include('Elena Bruni')
    expect(words, 'as what').to.include('professionista incaricato')
  })

  /** A worker makes it: that may take a moment. */
  async function receiptOf(filing: string): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const receipt = (await documentsOf(site.platform, filing)).find(({ kind }) => kind === 'receipt')
      if (receipt) return String(receipt._id)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('No receipt')
  }

  it('is seen by the legal representative in the company’s profile, and by nobody outside of it', async () => {
    const { visitor: marco } = await loggedIn(site.platform, 'Marco Rinaldi', '/area-personale')
    await asCompany()
    expect((await paolo.get('/area-personale/pratiche')).body).to.include(`/pratiche/${id}`)
    expect((await paolo.get(`/pratiche/${id}`)).text).to.include('Elena Bruni')
    await asHimself()
    expect((await paolo.get(`/pratiche/${id}`)).status, 'as himself').to.equal(404)
    expect((await paolo.get('/area-personale/pratiche')).body).not.to.include(`/pratiche/${id}`)
    expect((await marco.get(`/pratiche/${id}`)).status).to.equal(404)
  })

  it('is answered under the mandate only while the business register does not say that it ended', async () => {
    const { visitor: simone } = await loggedIn(site.platform, 'Simone Barbieri', '/ufficio')
    const desk = `/ufficio/pratiche/${id}/passo`
    await simone.submit(await simone.get(`${desk}/prendi-in-carico`), {}, { button: 'Prendi in carico' })
    const asked = { testo: 'Serve la planimetria quotata.' }
    await simone.submit(await simone.get(`${desk}/chiedi-integrazione`), asked, { button: /Chiedi di conformare/ })
    const answer = `/pratiche/${id}/passo/integra`
    const form = await elena.get(answer)
    expect(form.status).to.equal(200)

    const { businessRegister } = site.platform
    businessRegister.misbehave({ status: 200, body: JSON.stringify(WITHOUT_PAOLO) })
    const given = async () => elena.submit(form, { documenti: fileOf(await makePdf('Quote'), 'quote.pdf') })
    for (const refused of [await elena.get(answer), await given()]) {
      expect(refused.status).to.equal(403)
      expect(refused.text).to.include('Paolo Ferri, che ha dato la delega, non risulta più')
    }
    expect(await filingOf(site.platform, id)).to.include({ state: 'waiting-integration' })
    expect((await documentsOf(site.platform, id)).map(({ kind }) => kind as string)).not.to.include('integration')
    expect((await elena.get(`/pratiche/${id}`)).status, 'what was sent is still seen').to.equal(200)

    businessRegister.misbehave(null)
    const { ground } = (await filingOf(site.platform, id)) as unknown as { ground: { mandate: string } }
    await revokedAtQuestion(2, ground.mandate)
    expect((await given()).status, 'a revocation while it is taken').to.equal(404)
    expect(await filingOf(site.platform, id)).to.include({ state: 'waiting-integration' })
    await mandated()

    businessRegister.misbehave({ status: 503, body: '{}' })
    expect((await given()).url, 'a silent register stops nothing').to.match(/\/pratiche\/[\w-]+$/)
    businessRegister.misbehave(null)
    expect(await filingOf(site.platform, id)).to.include({ state: 'in-charge' })
    const seen = await simone.get(`/ufficio/pratiche/${id}`)
    expect(seen.text).to.include('Delega da verificare')
    expect(seen.html.querySelectorAll('#answers-title ~ * h2'), 'its parts are under «Che cosa chiede»').to.be.empty
    const own = await elena.get(`/pratiche/${id}`)
    expect(own.text).not.to.include('Delega da verificare')
    expect(own.html.querySelector('title')?.text, 'unlike that of another').to.match(/^Pratica \d{7}\/\d{4} - SCIA/)
  })
})
