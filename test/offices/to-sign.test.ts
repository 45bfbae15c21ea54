import { expect } from 'chai'
import { DEMONSTRATION_PIN } from '../../setup/signatures.ts'
import {
  ACCESS,
  ACCESS_ANSWERS,
  endSession,
  entriesOf,
  filings,
  logsInFrom,
  post,
  sent,
  tokenIn,
  valueIn,
} from '../filings/citizen.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

describe('the list of letters to sign', () => {
  const site = testPlatform()
  const tickedOn = ({ html }: Page) => html.querySelectorAll('input[name=scelte][checked]')

  const FORM = { form: 'form.office-form' }

  /** A request that was decided, and whose letter waits. */
  async function decided(): Promise<string> {
    const { id } = await sent(site.platform, 'Giulia Conti', { procedure: ACCESS, answers: ACCESS_ANSWERS })
    const francesca = site.platform.visitor()
    const step = `/ufficio/pratiche/${id}/passo`
    await francesca.submit(await logIn(francesca, 'Francesca Riva', `${step}/prendi-in-carico`), {}, FORM)
    await francesca.submit(await francesca.get(`${step}/accogli`), { testo: 'Si può vedere lunedì.' }, FORM)
    return id
  }

  it('has nothing ticked beforehand: who signs ticks what they have read, or asks for all', async () => {
    await decided()
    const roberta = site.platform.visitor()
    const alone = await logIn(roberta, 'Roberta Villa', '/ufficio/firme')
    expect(alone.text).to.include('Segna i documenti che hai letto').and.not.to.include('Seleziona tutti')
    expect(tickedOn(alone)).to.have.length(0)
    await decided()
    const two = await roberta.get('/ufficio/firme')
    expect(tickedOn(two)).to.have.length(0)
    const all = await roberta.follow(two, 'Seleziona tutti')
    expect(tickedOn(all)).to.have.length(2)
    expect(all.text).not.to.include('Seleziona tutti')
  })

  it('is not signed beyond what it shows at once, and keeps what was chosen', async () => {
    const roberta = site.platform.visitor()
    const page = await logIn(roberta, 'Roberta Villa', '/ufficio/firme')
    const [box = ''] = page.html.querySelectorAll('input[name=scelte]').map((one) => one.getAttribute('value') ?? '')
    const others = Array.from({ length: 50 }, (_, at) => `other-${at} ${box.split(' ')[1] ?? ''}`)
    const refused = await post(roberta, page.url, [
      ['_csrf', tokenIn(page)],
      ['pin', DEMONSTRATION_PIN],
      ...[box, ...others].map((one): [string, string] => ['scelte', one]),
    ])
    expect(refused.status).to.equal(422)
    expect(refused.text).to.include('Scegli al massimo 50 documenti da firmare in una volta')
    expect(tickedOn(refused)).to.have.length(1)
    expect(refused.text).not.to.include('Hai firmato')
  })

  it('tells all that is missing together, at the head and at each field', async () => {
    const roberta = site.platform.visitor()
    const page = await logIn(roberta, 'Roberta Villa', '/ufficio/firme')
    const refused = await roberta.submit(page, {}, FORM)
    expect(refused.status).to.equal(422)
    const told = refused.html.querySelectorAll('.error-summary a')
    expect(told.map((link) => link.getAttribute('href'))).to.deep.equal(['#documenti', '#pin'])
    for (const link of told) {
      const beside = refused.html.querySelector(`${link.getAttribute('href') ?? ''}-error`)
      expect(beside?.text).to.include(link.text)
    }
  })

  it('keeps what was chosen and written when the session ended meanwhile', async () => {
    const roberta = site.platform.visitor()
    const again = async (page: Page, fields: Record<string, string>) => {
      await endSession(site.platform, roberta)
      return logsInFrom(roberta, await roberta.submit(page, fields, FORM), 'Roberta Villa')
    }
    const page = await logIn(roberta, 'Roberta Villa', '/ufficio/firme')
    const [box = ''] = page.html.querySelectorAll('input[name=scelte]').map((one) => one.getAttribute('value') ?? '')
    const back = await again(page, { scelte: box, pin: DEMONSTRATION_PIN })
    expect(tickedOn(back).map((one) => one.getAttribute('value'))).to.deep.equal([box])
    expect(valueIn(back, 'pin')).to.equal('')
    const question = await roberta.follow(back, /^Restituisci/)
    expect(valueIn(await again(question, { motivo: 'Manca un allegato.' }), 'motivo')).to.equal('Manca un allegato.')
  })

  it('sends one back once, though it is pressed twice', async () => {
    const roberta = site.platform.visitor()
    const question = await roberta.follow(await logIn(roberta, 'Roberta Villa', '/ufficio/firme'), /^Restituisci/)
    expect(question.text, 'which of them').to.match(/Accogli la richiesta di accesso, protocollo n\.\s\d{7}\/\d{4}/)
    const sendBack = (motivo: string) => roberta.submit(question, { motivo }, FORM)
    const pages = [...(await Promise.all([sendBack('Manca.'), sendBack('Manca.')])), await sendBack('Manca.')]
    for (const { status, url } of pages) expect([status, new URL(url).pathname]).to.deep.equal([200, '/ufficio/firme'])
    expect((await sendBack('Altro.')).text).to.include('non aspetta più una firma')
    expect(
      await site.platform.connection.collection('historyevents').countDocuments({ type: 'signature-refused' }),
    ).to.equal(1)
  })
  it('says for whom a request is, and whose number was annulled', async () => {
    const id = await decided()
    const principal = { kind: 'company', name: 'Pro Loco', cf: '99000100018' }
    await filings(site.platform).updateOne({ _id: id }, { $set: { principal } as never })
    const roberta = site.platform.visitor()
    const rowOf = async () =>
      (await roberta.get('/ufficio/firme')).html
        .querySelectorAll('.signature-row')
        .find(({ innerHTML }) => innerHTML.includes(`/ufficio/pratiche/${id}`))?.text
    await logIn(roberta, 'Roberta Villa', '/ufficio/firme')
    expect(await rowOf())
      .to.include('Giulia Conti, per conto di Pro Loco')
      .and.not.include('Protocollo annullato')
    const [entry] = await entriesOf(site.platform, id)
    const valentina = site.platform.visitor()
    const form = await logIn(valentina, 'Valentina Costa', `/ufficio/protocollo/${String(entry?._id)}/annulla`)
    await valentina.submit(form, { motivo: 'Doppia registrazione', numero: '12', data: '2026-01-12' }, FORM)
    expect(await rowOf()).to.include('Protocollo annullato')
  })
})
