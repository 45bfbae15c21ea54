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
  const told = (effect: string, { due = '2026-03-19', state = 'in-charge' } = {}) =>
    overdueOf(
      {
        filing: { due, state },
        procedure: { term: { effect, silence: `Se tace: ${effect}.` } },
        today: '2026-03-20',
      } as never,
      { substitute },
    )

  it('is what the law makes of silence', () => {
    expect(told('silenzio-assenso')?.text.join()).to.match(/Se tace: silenzio-assenso.*attestazione.*20 c. 2-bis/)
    expect(told('silenzio-rifiuto')).to.deep.include({ substitute: null })
    expect(told('scia')?.text.join()).to.match(/controlli era giovedì 19 marzo 2026. Se tace: scia/)
    expect(told('none')).to.deep.include({ substitute })
  })

  it('is nothing on the last day, once the office has answered, and while it waits for the person', () => {
    expect(told('none', { due: '2026-03-20' })).to.equal(null)
    for (const state of ['accepted', 'refused', 'withdrawn', 'closed', 'waiting-integration', 'refusal-announced'])
      expect(told('none', { state }), state).to.equal(null)
  })
})
