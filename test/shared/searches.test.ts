import { expect } from 'chai'
import { searchNumbered, withSearch, type Searches } from '../../server/shared/searches.ts'

type Named = { name: string }

describe('the searches of a session', () => {
  const names = Array.from({ length: 30 }, (_, index) => `Rossi ${index + 1}`)
  const kept = names.reduce<Searches<Named>>((all, name) => withSearch(all, { name }), [])

  it('have a number of their own in addresses, and the oldest are forgotten', () => {
    expect(kept).to.have.length(10)
    for (const { number, name } of kept) expect(name).to.equal(`Rossi ${number}`)
  })

  it('are found by that number alone', () => {
    expect(searchNumbered(kept, '30')).to.deep.equal({ number: 30, name: 'Rossi 30' })
    for (const number of ['1', '031', 30, undefined, ['30']]) expect(searchNumbered(kept, number)).to.equal(undefined)
    expect(searchNumbered<Named>(undefined, '1')).to.equal(undefined)
  })
})
