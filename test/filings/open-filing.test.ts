import { expect } from 'chai'
import type { StoredDocument } from '../../server/documents/index.ts'
import { partOfFiling } from '../../server/filings/open-filing.ts'
import type { HistoryEvent } from '../../server/history/index.ts'

const file = (id: string, kind: StoredDocument['kind']) => ({ id, kind }) as unknown as StoredDocument
const event = (type: string, ...documents: string[]) =>
  ({
    type,
    data: documents.length > 0 ? { documents: documents.map((id) => ({ id, sha256: '' })) } : {},
  }) as unknown as HistoryEvent

describe('the documents of a filing', () => {
  it('are without those of an answer that was never given, and those that the sending left out', () => {
    const events = [event('submitted', 'form', 'plan'), event('taken-in-charge'), event('integration-received', 'deed')]
    const files = [
      file('form', 'application'),
      file('plan', 'attachment'),
      file('stray', 'attachment'),
      file('paper', 'receipt'),
      file('cut off', 'integration'),
      file('deed', 'integration'),
    ]
    expect(partOfFiling(files, events).map(({ id }) => id)).to.deep.equal(['form', 'plan', 'paper', 'deed'])
  })
})
