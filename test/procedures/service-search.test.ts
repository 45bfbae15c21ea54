import { expect } from 'chai'
import type { ProcedureVersion } from '../../server/procedures/procedure.ts'
import { searchServices, slug } from '../../server/procedures/service-search.ts'
import { DELIVERED, loadInstalled, procedure } from './installed.ts'

describe('the search of services', () => {
  let all: readonly ProcedureVersion[]
  before(async () => {
    await loadInstalled()
    all = DELIVERED.map(procedure)
  })
  const found = (words: string) => searchServices(all, { words }).map(({ id }) => id)

  it('finds by the beginning of a word, in title, keywords or text', () => {
    expect(found('contrass')).to.deep.equal(['contrassegno-disabili-rilascio'])
    expect(found('lampione')).to.deep.equal(['segnalazione-disservizio'])
    expect(found('negozio pane')).to.deep.equal([])
    expect(found('fototessera')).to.deep.equal(['contrassegno-disabili-rilascio'])
  })

  it('does not mind accents, capitals, apostrophes and endings', () => {
    expect(found('ATTIVITÀ')).to.deep.equal(found('attivita'))
    expect(found('apertura di un negozio')).to.deep.equal(['scia-esercizio-di-vicinato-apertura'])
    expect(found('residenze')).to.deep.equal(found('residenza')).and.not.to.be.empty
    expect(found('perdita d’acqua')).to.deep.equal(['segnalazione-disservizio'])
  })

  it('puts a word of the title before one of the text', () => {
    expect(found('documenti')[0]).to.equal('accesso-documentale')
  })

  it('narrows by category and topic', () => {
    const ids = searchServices(all, { category: slug('imprese e commercio') }).map(({ id }) => id)
    expect(ids).to.deep.equal(['scia-esercizio-di-vicinato-apertura'])
    expect(searchServices(all, { topic: 'imprese' }).map(({ id }) => id)).to.have.members([
      'scia-esercizio-di-vicinato-apertura',
      'occupazione-suolo-pubblico-temporanea',
    ])
    expect(searchServices(all, { topic: 'imprese', words: 'ponteggio' })).to.have.length(1)
  })

  it('without words gives all, in the order given', () => {
    expect(searchServices(all, {})).to.deep.equal(all)
  })

  it('survives what people type', () => {
    for (const words of ['', '   ', '.*', '(', '__proto__', '<script>', 'è'.repeat(5000)])
      expect(() => found(words)).not.to.throw()
  })
})
