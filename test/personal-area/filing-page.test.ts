import { expect } from 'chai'
import { overdueOf } from '../../server/personal-area/overdue.ts'
import { readDemonstration } from '../../setup/demonstration.ts'
import { filings, sent } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

describe('the page of a filing', () => {
  const site = testPlatform()

  it('names who works on it once somebody does, and always who answers for it', async () => {
    const { visitor, id } = await sent(site.platform, 'Giulia Conti')
    const read = async (): Promise<string> => (await visitor.get(`/pratiche/${id}`)).text
    expect(await read())
      .to.include('Responsabile del procedimento: Roberta Villa')
      .and.not.to.include('Se ne occupa')
    const assignedTo = { cf: 'LNGMTT96H06D653K', name: 'Matteo Longo' }
    await filings(site.platform).updateOne({ _id: id }, { $set: { assignedTo } as object })
    expect(await read())
      .to.include('Se ne occupa Matteo Longo')
      .and.to.include('Responsabile del procedimento')
  })

  it('shows what was declared in the words of the form, folded until it is asked for', async () => {
    const { visitor, id } = await sent(site.platform, 'Giulia Conti')
    const { html } = await visitor.get(`/pratiche/${id}`)
    const answers = html.querySelector('details.answers')
    expect(answers?.hasAttribute('open')).to.equal(false)
    expect(answers?.text)
      .to.include('Buca profonda')
      .and.to.include('C’è un pericolo per le persone?')
      .and.to.include('CNTGLI85H54G478Q')
      .and.not.to.include('Modifica')
  })

  it('says, once the term is over, what that means and to whom one may turn', async () => {
    const { visitor, id } = await sent(site.platform, 'Giulia Conti')
    const read = async (): Promise<string> => (await visitor.get(`/pratiche/${id}`)).text
    expect(await read()).not.to.include('Il termine è passato')
    await filings(site.platform).updateOne({ _id: id }, { $set: { due: '2026-01-12' } as object })
    const { name, pec } = readDemonstration(process.cwd()).municipality.substitute
    expect(await read())
      .to.match(/attesa entro lunedì 12 gennaio 2026: l’ufficio è in ritardo/)
      .and.include(name)
      .and.include(pec.split('@')[0])
  })
})

describe('what a term that is over means', () => {
  const substitute = { name: 'Anna', role: 'Segretaria', pec: 'a@pec.example' }
  const filer = { kind: 'person', givenName: 'Giulia', familyName: 'Conti', cf: 'CNTGLI85H54G478Q' }
  const protocol = { number: 7, year: 2026, at: new Date('2026-02-02T09:00:00Z') }
  const told = (
    effect: string,
    { due = '2026-03-19', state = 'in-charge', today = '2026-03-20', asked = [] as Date[] } = {},
  ) =>
    overdueOf(
      {
        filing: { due, state, filer, principal: null, protocol },
        procedure: { title: 'Cambio', term: { effect, silence: `Se tace: ${effect}.` } },
        events: asked.map((at) => ({ type: 'attestation-requested', at })),
        actor: { kind: 'citizen', author: { kind: 'citizen', name: 'Giulia Conti', cf: filer.cf } },
        today,
      } as never,
      { name: 'Comune di Prova', substitute },
    )

  it('is what the law makes of silence', () => {
    expect(told('silenzio-assenso')?.text.join()).to.match(/Se tace: silenzio-assenso.*attestazione.*20 c. 2-bis/)
    expect(told('silenzio-rifiuto')).to.deep.include({ substitute: null })
    expect(told('scia')?.text.join()).to.match(/controlli era giovedì 19 marzo 2026. Se tace: scia/)
    expect(told('none')).to.deep.include({ substitute })
  })

  it('becomes the person’s own declaration ten days after they asked for an attestation, and not before', () => {
    const asked = { state: 'attestation-asked', asked: [new Date('2026-03-20T09:00:00Z')] }
    const before = told('silenzio-assenso', { ...asked, today: '2026-03-30' })
    expect(before?.text.join()).to.include('la rilascia entro lunedì 30 marzo 2026')
    expect(before?.declaration).to.equal(null)
    const after = told('silenzio-assenso', { ...asked, today: '2026-03-31' })
    expect(after?.text.join()).to.include('doveva arrivare entro lunedì 30 marzo 2026')
    expect(after?.declaration)
      .to.match(
        /^Io, Giulia Conti, codice fiscale CNTGLI85H54G478Q, so che .*art. 76 DPR 445.*\n«Cambio» è arrivata al Comune di Prova/,
      )
      .and.include('con il protocollo n. 0000007/2026')
      .and.include('scaduto il 19/03/2026')
      .and.include('il 20/03/2026 è stata chiesta')
  })

  it('is nothing on the last day, once the office has answered, and while it waits for the person', () => {
    expect(told('none', { due: '2026-03-20' })).to.equal(null)
    for (const state of ['accepted', 'refused', 'withdrawn', 'closed', 'waiting-integration', 'refusal-announced'])
      expect(told('none', { state }), state).to.equal(null)
  })
})
