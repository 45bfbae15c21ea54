import { expect } from 'chai'
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
})
