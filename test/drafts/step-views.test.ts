import { expect } from 'chai'
import { stepPage } from '../../server/drafts/step-views.ts'
import type { Draft } from '../../server/filings/filing.ts'
import { changed, loadInstalled, procedure, sample } from '../procedures/installed.ts'

describe('the page of a step', () => {
  before(loadInstalled)

  const index = (id: string, step: string, answers = sample(id)) => {
    const draft = { id: 'a-draft', answers, pending: [], revision: 0, ground: { kind: 'self' } } as unknown as Draft
    return stepPage({ draft, procedure: procedure(id), files: [] }, { step, errors: [] }).index
  }
  const texts = (...of: Parameters<typeof index>) => index(...of)?.map(({ text }) => text)

  it('has an index of its sections, or else of the groups that are shown under a heading', () => {
    const move = 'dichiarazione-cambio-indirizzo'
    expect(texts(move, 'dichiarante')).to.deep.equal(['Dati anagrafici', 'Come contattarti', 'Per chi dichiari'])
    expect(index(move, 'abitazione')).to.deep.equal([
      { href: '#trasferimento', text: 'Trasferimento' },
      { href: '#abitazione-indirizzo', text: 'Nuovo indirizzo' },
      { href: '#convivente', text: 'Chi vive già nell’abitazione' },
    ])
    expect(texts(move, 'abitazione', changed(move, { occupata: false, convivente: undefined }))).to.have.length(2)
  })

  it('has none where there is one part', () => {
    expect(texts('occupazione-suolo-pubblico-temporanea', 'area')).to.equal(undefined)
  })
})
