import { expect } from 'chai'
import { MOST_DRAFTS, privacyPage } from '../../server/drafts/begin-views.ts'
import type { StoredDocument } from '../../server/documents/index.ts'
import type { OpenDraft } from '../../server/drafts/draft.ts'
import { repeatedFiles } from '../../server/drafts/repeated-file.ts'
import { stepPage } from '../../server/drafts/step-views.ts'
import type { Draft } from '../../server/filings/filing.ts'
import { readDemonstration } from '../../setup/demonstration.ts'
import { changed, loadInstalled, procedure, sample } from '../procedures/installed.ts'

describe('the page of a step', () => {
  before(loadInstalled)

  const index = (id: string, step: string, answers = sample(id)) => {
    const draft = { id: 'a-draft', answers, pending: [], revision: 0, ground: { kind: 'self' } } as unknown as Draft
    return stepPage(
      { draft, procedure: procedure(id), files: [], service: { status: 'active' }, facts: {}, mandateEnded: false },
      { step, errors: [] },
    ).index
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

describe('a file that comes for a step', () => {
  before(loadInstalled)

  const file = (id: string, sha256: string, name = `${id}.jpg`) => ({ id, sha256, name }) as StoredDocument
  const told = (...came: [field: string, document: StoredDocument][]) => {
    const draft = { answers: { immagini: ['old'] }, pending: [] } as unknown as Draft
    const open = { draft, procedure: procedure('segnalazione-disservizio'), files: [file('old', 'a')] }
    const all = came.map(([field, document]) => ({ field, document }))
    return repeatedFiles(open as unknown as OpenDraft, 'segnalazione', all).map(({ error }) => error.explanation)
  }

  it('is said to be there already by its field and bytes, whatever its name', () => {
    const [again, other, twice] = told(
      ['immagini', file('x', 'a', 'old.jpg')],
      ['immagini', file('y', 'a')],
      ['immagini', file('new', 'b')],
      ['immagini', file('z', 'b')],
    )
    expect(again).to.match(/^Il file «old\.jpg» c’è già: ne teniamo uno solo/)
    expect(other).to.match(/^Il file «y\.jpg» è identico a «old\.jpg», che c’è già/)
    expect(twice).to.include('«z.jpg» è identico a «new.jpg»')
    expect(told(['documenti', file('x', 'a')], ['immagini', file('y', 'c')]), 'in another field').to.deep.equal([])
  })
})

describe('the first page of a request', () => {
  before(loadInstalled)

  const offered = (count: number) => {
    const drafts = Array.from({ length: count }, (_, place) => ({ id: `d${place}`, updatedAt: new Date() }) as Draft)
    const { municipality } = readDemonstration(process.cwd())
    return privacyPage(procedure('segnalazione-disservizio'), municipality, { key: 'k', drafts })
  }

  it('offers the last of the drafts that were begun, and leads to the others', () => {
    expect(offered(MOST_DRAFTS)).to.include({ otherDrafts: null })
    const { drafts, otherDrafts } = offered(MOST_DRAFTS + 1)
    expect(drafts.map(({ href }) => href)).to.deep.equal(['d0', 'd1', 'd2', 'd3', 'd4'].map((id) => `/pratiche/${id}`))
    expect(otherDrafts).to.equal('/area-personale/pratiche?stato=bozze')
  })
})
