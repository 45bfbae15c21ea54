import { expect } from 'chai'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import type { Draft, FilingId } from '../../server/filings/filing.ts'
import { testDatabase } from '../support/database.ts'

const at = new Date('2026-03-02T09:00:00Z')

const draft: Draft = {
  id: 'a-draft' as FilingId,
  municipality: 'a-municipality',
  state: 'draft',
  procedure: { id: 'a-procedure', version: 1, hash: 'a-hash', title: 'A procedure' },
  channel: 'web',
  owner: 'a-person',
  profile: 'self',
  principal: null,
  ground: null,
  office: 'an-office',
  answers: { name: 'Giulia' },
  revision: 0,
  createdAt: at,
  updatedAt: at,
  key: 'a-key',
  privacyReadAt: at,
  pending: [],
  expiresAt: at,
}

describe('Filing store', () => {
  const database = testDatabase()
  const stored = () => createFilingStore(database.connection)

  beforeEach(async () => {
    await database.connection.collection('filings').deleteMany({})
    await stored().insertDraft(draft)
  })

  it('writes over the revision that was read, and over no other', async () => {
    const changed = { ...draft, answers: { name: 'Elena' } }
    expect(await stored().replace(changed)).to.equal(true)
    expect(await stored().find(draft.municipality, draft.id)).to.deep.equal({ ...changed, revision: 1 })
    expect(await stored().replace(draft)).to.equal(false)
  })

  it('keeps nothing for what is undefined', async () => {
    await stored().replace({ ...draft, answers: { name: 'Elena', nested: { none: undefined } } })
    expect(await stored().find(draft.municipality, draft.id))
      .to.have.property('answers')
      .that.deep.equals({ name: 'Elena', nested: {} })
  })

  it('refuses a field that no filing has', async () => {
    const strange = { ...draft, colour: 'red' } as Draft
    expect(await stored().replace(strange).catch(String)).to.match(/no field colour/)
    expect(await stored().find(draft.municipality, draft.id)).to.have.property('revision', 0)
  })
})
