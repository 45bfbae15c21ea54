import { expect } from 'chai'
import type { DraftDeps } from '../../server/filings/draft.ts'
import { createDraftErasure } from '../../server/filings/draft-erasure-service.ts'
import { createDraftOpening } from '../../server/filings/draft-opening-service.ts'
import { createDraftSaving } from '../../server/filings/draft-saving-service.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import { createInvitationStore } from '../../server/filings/invitation-store.ts'
import { createDocuments } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { testDatabase } from '../support/database.ts'

const NOW = new Date('2026-03-02T01:30:00Z')

describe('drafts past their expiry', () => {
  const database = testDatabase()

  it('are all erased in one night, however many, and no other draft', async () => {
    const { connection } = database
    const now = () => NOW
    const signing = { verify: () => Promise.reject(new Error('Nothing is signed')) }
    const documents = createDocuments({ connection, signing, scanner: undefined, now, newId })
    const store = createFilingStore(connection)
    const deps = {
      store,
      documents,
      invitations: createInvitationStore(connection),
      now,
      newId,
    } as unknown as DraftDeps
    const parts = { opening: createDraftOpening(deps), saving: createDraftSaving(deps) }
    const draft = (id: string, expiresAt: Date) => ({
      ...{ _id: id as never, key: id, municipality: 'm', owner: 'giulia', state: 'draft', revision: 0 },
      ...{ answers: {}, pending: [], expiresAt },
    })
    const expired = Array.from({ length: 101 }, (_, number) => draft(`d${number}`, NOW))
    const filings = connection.collection('filings')
    await filings.insertMany([...expired, draft('going on', new Date(NOW.getTime() + 1))])
    expect(await createDraftErasure({ ...deps, ...parts }).eraseExpired()).to.equal(101)
    expect(await filings.distinct('_id')).to.deep.equal(['going on'])
  })
})
