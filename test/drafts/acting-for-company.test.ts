import { expect } from 'chai'
import { romeDate, addDays } from '../../server/shared/dates.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { ACCESS, ACCESS_ANSWERS, filingOf, filings, idIn, loggedIn, post, sent, tokenIn } from '../filings/citizen.ts'

const SCIA = 'scia-esercizio-di-vicinato-apertura'
const GIULIA = 'CNTGLI85H54G478Q'
const BOTTEGA = '99000200016'
/** The company as the register has it once Paolo has left it. */
const WITHOUT_PAOLO = {
  codiceFiscale: BOTTEGA,
  denominazione: 'Bottega Ferri S.r.l.',
  formaGiuridica: 'S.r.l.',
  stato: 'ATTIVA',
  persone: [],
}

/** A sole trader's business, whose code is her own, and whoever runs it for her (art. 2203 c.c.). */
const STUDIO = {
  codiceFiscale: 'BRNLNE76A70A475D',
  denominazione: 'Studio Bruni di Elena Bruni',
  stato: 'ATTIVA',
  formaGiuridica: 'Impresa individuale',
  persone: [
    {
      codiceFiscale: 'FRRPLA70M19L117N',
      nome: 'Paolo',
      cognome: 'Ferri',
      cariche: [{ descrizione: 'Institore', rappresentante: true }],
    },
  ],
}

describe('acting for a company', () => {
  const site = testPlatform()
  const today = romeDate(new Date())
  let giulia: Visitor

  before(async () => {
    ;({ visitor: giulia } = await loggedIn(site.platform, 'Giulia Conti', '/area-personale'))
  })

  const chosen = async (visitor: Visitor, fields: Record<string, string>, procedure: string = ACCESS): Promise<Page> =>
    visitor.fill(await visitor.get(`/servizi/${procedure}/avvia`), { privacy: 'letta', ...fields })

  const asPaolo = async () => (await loggedIn(site.platform, 'Paolo Ferri', '/area-personale')).visitor
  const ground = async (page: Page) =>
    (await filingOf(site.platform, idIn(page))) as unknown as { ground: object; principal: object }

  /** The office's page of the filing, once it is sent. */
  async function shownToOffice(id: string): Promise<string> {
    const { answers } = await filingOf(site.platform, id)
    const place = { via: 'Piazza del Mercato', civico: '5', cap: '06099', comune: 'Vallechiara', provincia: 'PG' }
    const ente = { ...(answers['ente'] as object), pec: 'proloco@pec.example', sede: place, carica: 'presidente' }
    await filings(site.platform).updateOne({ _id: id }, { $set: { answers: { ...ACCESS_ANSWERS, ...answers, ente } } })
    expect((await giulia.submit(await giulia.get(`/pratiche/${id}/riepilogo`))).text).to.match(/\d{7}\/\d{4}/)
    const { visitor: francesca } = await loggedIn(site.platform, 'Francesca Riva', '/ufficio')
    return (await francesca.get(`/ufficio/pratiche/${id}`)).text
  }

  afterEach(() => site.platform.businessRegister.misbehave(null))

  it('does not offer a professional their own code for their client’s', async () => {
    const { visitor: elena } = await loggedIn(site.platform, 'Elena Bruni', '/area-personale')
    const first = await elena.get(`/servizi/${SCIA}/avvia`)
    expect(first.html.querySelector('[name=cfImpresa]')?.getAttribute('value') ?? '').to.equal('')
  })

  it('rests on the business register, which knows the role', async () => {
    const paolo = await asPaolo()
    const first = await paolo.get(`/servizi/${SCIA}/avvia`)
    expect(first.html.querySelector('[name=cfImpresa]')?.getAttribute('value'), 'of the login').to.equal('99000200016')
    const chosenFor = await paolo.submit(first, { privacy: 'letta', perChi: 'rappresentante' })
    const step = await paolo.submit(chosenFor)
    expect(step.text).to.include('Agisci per conto di Bottega Ferri S.r.l., come legale rappresentante')
    expect((await ground(step)).ground).to.deep.include({ kind: 'register', role: 'Amministratore unico' })
  })

  it('of a sole trader opens nothing that is the trader’s own', async () => {
    const { visitor: elena, id } = await sent(site.platform, 'Elena Bruni')
    const paolo = await asPaolo()
    site.platform.businessRegister.misbehave({ status: 200, body: JSON.stringify(STUDIO) })
    const choice = { cfImpresa: STUDIO.codiceFiscale }
    const refused = await paolo.submit(await paolo.get('/area-personale/deleghe/impresa'), choice)
    expect((await paolo.get(`/pratiche/${id}`)).status).to.equal(404)
    expect(refused.status).to.equal(403)
    expect(refused.text).to.include('è il codice fiscale di una persona: solo lei')
    const step = await chosen(paolo, { perChi: 'rappresentante', ...choice }, SCIA)
    expect((await ground(step)).ground, 'what is filed for the business').to.include({ role: 'Institore' })
    const own = { ...STUDIO, persone: [{ ...STUDIO.persone[0], codiceFiscale: STUDIO.codiceFiscale }] }
    site.platform.businessRegister.misbehave({ status: 200, body: JSON.stringify(own) })
    const hers = await elena.submit(await elena.get('/area-personale/deleghe/impresa'), choice)
    expect(hers.text).to.match(/Agisci per conto di\s+Studio Bruni/)
  })

  it('under a mandate that its representative gave on line, as long as the register confirms them', async () => {
    const paolo = await asPaolo()
    const company = await paolo.submit(await paolo.get('/area-personale/deleghe/impresa'), { cfImpresa: BOTTEGA })
    expect(company.text).to.match(/Agisci per conto di\s+Bottega Ferri S\.r\.l\.\s*, come Amministratore unico/)
    const form = await paolo.follow(company, 'Dai una delega')
    expect(form.html.querySelectorAll('[name=servizi]').map((box) => box.getAttribute('value'))).to.deep.equal([SCIA])
    const page = await paolo.fill(form, {
      nome: 'Giulia',
      cognome: 'Conti',
      codiceFiscale: GIULIA,
      ambito: 'servizi',
      servizi: [SCIA],
      dal: today,
      al: addDays(today, 30),
    })
    expect(page.text).to.include('rappresentata da Paolo Ferri (Amministratore unico')
    const mandate = new URL(page.url).pathname
    expect((await paolo.get('/area-personale/deleghe')).body).to.include(mandate)
    const choice = { perChi: `delega-${mandate.split('/').at(-1) ?? ''}` }
    const step = await chosen(giulia, choice, SCIA)
    expect(step.text, 'of no order').to.include('Agisci per conto di Bottega Ferri S.r.l., come procuratore')
    expect(step.html.querySelector('[name^=professionista]'), 'asks for no order').to.equal(null)

    site.platform.businessRegister.misbehave({ status: 200, body: JSON.stringify(WITHOUT_PAOLO) })
    const again = await chosen(giulia, choice, SCIA)
    expect([again.status, again.text.includes('Paolo Ferri, che ha dato la delega, non risulta più')]).to.deep.equal([
      422,
      true,
    ])
    const sending = { _csrf: tokenIn(step) }
    const refused = await post(giulia, `/pratiche/${idIn(step)}/invia`, sending)
    expect(refused.status).to.equal(403)
    expect(refused.text).to.include('non risulta più').and.include('la bozza resta')
    site.platform.businessRegister.misbehave(null)

    await paolo.submit(await paolo.get('/area-personale/deleghe'), {}, { button: 'Torna alle mie deleghe' })
    expect((await paolo.get(mandate)).status, 'outside of the company’s profile').to.equal(404)
  })

  it('has no profile for whom the register does not know as its representative', async () => {
    const page = await giulia.submit(await giulia.get('/area-personale/deleghe/impresa'), { cfImpresa: BOTTEGA })
    expect(page.status).to.equal(403)
    expect(page.text).to.include('non risulti tra i rappresentanti')
    expect((await giulia.get('/area-personale/deleghe')).text).not.to.include('Agisci per conto di')
  })

  it('is refused to whom the register knows in another role', async () => {
    const page = await chosen(giulia, { perChi: 'rappresentante', cfImpresa: '99000200016' }, SCIA)
    expect(page.status).to.equal(422)
    expect(page.text).to.include('non risulti tra i rappresentanti di Bottega Ferri')
  })

  it('goes on with the person’s word when the register is silent, for the office to check', async () => {
    site.platform.businessRegister.misbehave({ status: 503, body: '{}' })
    const told = await chosen(giulia, { perChi: 'rappresentante', cfImpresa: '99000200016' }, SCIA)
    expect(told.text).to.include('Il Registro imprese non risponde')
    const insisted = await giulia.submit(told, { denominazione: 'Bottega Ferri' })
    expect(insisted.text, 'without the declaration').to.include('devi dichiarare')
    const step = await giulia.submit(insisted, { dichiaro: 'true' })
    expect((await ground(step)).ground).to.deep.equal({ kind: 'declared', because: 'register-silent' })
    expect((await ground(step)).principal).to.deep.equal({
      kind: 'company',
      name: 'Bottega Ferri',
      cf: '99000200016',
    })
  })

  it('goes on with the person’s word for a body that the register does not hold', async () => {
    const told = await chosen(giulia, { perChi: 'rappresentante', cfImpresa: '99000100018' })
    expect(told.text).to.include('non c’è nessuna impresa')
    const step = await giulia.submit(told, { denominazione: 'Pro Loco Vallechiara', dichiaro: 'true' })
    expect((await ground(step)).ground).to.deep.equal({ kind: 'declared', because: 'not-registered' })
    expect(await shownToOffice(idIn(step))).to.match(/Pro Loco Vallechiara, 99000100018[\s\S]*Da verificare/)
  })
})
