import { expect } from 'chai'
import { Readable } from 'node:stream'
import { createInvitationEnding } from '../../server/cosigning/ending-service.ts'
import { createInvitationStore } from '../../server/cosigning/invitation-store.ts'
import { createDraftErasure } from '../../server/drafts/draft-erasure-service.ts'
import { createDraftOpening } from '../../server/drafts/draft-opening-service.ts'
import { createDraftSaving } from '../../server/drafts/draft-saving-service.ts'
import type { DraftDeps } from '../../server/drafts/draft.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import { createDocuments, PAPER } from '../../server/documents/index.ts'
import type { Login } from '../../server/identity/index.ts'
import type { Tell } from '../../server/shared/tell.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import { testDatabase } from '../support/database.ts'

const NOW = new Date('2026-03-02T01:30:00Z')

describe('drafts past their expiry', () => {
  const database = testDatabase()
  const now = () => NOW
  const filings = () => database.connection.collection('filings')
  afterEach(() => filings().deleteMany({}))

  /** `spoil`: has something of the platform fail. */
  function erasure(spoil = (deps: DraftDeps): DraftDeps => deps) {
    const { connection } = database
    const signing = { verify: () => Promise.reject(new Error('Nothing is signed')) }
    const documents = createDocuments({ connection, signing, scanner: undefined, now, newId })
    const store = createFilingStore(connection)
    const invitations = createInvitationEnding({ invitations: createInvitationStore(connection), tell })
    const rooms = { municipalities: { all: async () => [{ id: 'm' }] }, catalogue }
    const deps = spoil({ store, documents, invitations, now, newId, ...rooms } as unknown as DraftDeps)
    return createDraftErasure({ ...deps, opening: createDraftOpening(deps), saving: createDraftSaving(deps) })
  }
  type Message = Parameters<Tell>[0]
  const told: Message[] = []
  const tell: Tell = async (message) => told.push(message)
  /** Services in the state that their name says. */
  const catalogue = {
    all: async () => ['active', 'suspended', 'scheduled', 'ended'].map((id) => ({ id })),
    state: async (_municipality: string, id: string) => ({ status: id, reason: 'Trasloco.' }),
  }
  const draft = (id: string, expiresAt = NOW, procedure = 'active') => ({
    _id: id as never,
    procedure: { id: procedure },
    key: id,
    municipality: 'm',
    owner: 'giulia',
    state: 'draft',
    revision: 0,
    answers: {},
    pending: [],
    expiresAt,
  })

  it('are all erased in one night, however many, and no other draft', async () => {
    const expired = Array.from({ length: 101 }, (_, number) => draft(`d${number}`))
    await filings().insertMany([...expired, draft('going on', new Date(NOW.getTime() + 1))])
    expect(await erasure().eraseExpired()).to.equal(101)
    expect(await filings().distinct('_id')).to.deep.equal(['going on'])
  })

  it('are kept while their service cannot take them: thirty days are left when it can, however late that is', async () => {
    const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000)
    const whats = ['active', 'suspended', 'scheduled', 'ended']
    const drafts = [
      ...whats.map((what) => draft(`soon ${what}`, inDays(29), what)),
      ...whats.map((what) => draft(`due ${what}`, NOW, what)),
      draft('late suspended', inDays(31), 'suspended'),
      { ...draft('elsewhere', NOW, 'suspended'), municipality: 'n' },
    ]
    // The last was thrown away by its person, when the process died.
    await filings().insertMany([
      ...drafts.map((one) => ({ ...one, answers: { titolo: 'Buca' } })),
      draft('emptied suspended', NOW, 'suspended'),
    ])
    expect(await erasure().eraseExpired()).to.equal(4)
    const left = await filings().find().sort({ _id: 1 }).toArray()
    const kept = new Date('2026-04-01T00:00:00Z')
    expect(
      left.map(({ _id, expiresAt, revision }) => [String(_id), expiresAt as Date, revision as number]),
    ).to.deep.equal([
      ['due scheduled', kept, 0],
      ['due suspended', kept, 0],
      ['late suspended', inDays(31), 0],
      ['soon active', inDays(29), 0],
      ['soon ended', inDays(29), 0],
      ['soon scheduled', kept, 0],
      ['soon suspended', kept, 0],
    ])
  })

  it('tell each person whose signature was still waited for, once, that it is needed no more', async () => {
    const open = {
      municipality: 'm',
      filing: 'd',
      email: null,
      at: NOW,
      state: 'open',
      by: { kind: 'person', givenName: 'Elena', familyName: 'Bruni' },
    }
    const asked = (id: string, cf: string, rest = {}) => ({
      ...open,
      _id: id as never,
      document: id,
      signer: { cf },
      ...rest,
    })
    await database.connection
      .collection('signatureInvitations')
      .insertMany([
        asked('i1', 'paolo', { email: 'paolo@posta.example', at: new Date(NOW.getTime() + 1) }),
        asked('i2', 'paolo'),
        asked('i3', 'luca', { state: 'signed' }),
        asked('i4', 'anna', { state: 'declined' }),
        asked('i5', 'omar'),
        asked('i6', 'other', { filing: 'other' }),
      ])
    await filings().insertOne({ ...draft('d'), procedure: { id: 'active', title: 'SCIA' } })
    await erasure().eraseExpired()
    expect(told.map(({ to }) => to)).to.have.deep.members([
      { cf: 'paolo', email: 'paolo@posta.example' },
      { cf: 'omar' },
    ])
    expect(told[0]?.text).to.include('«SCIA» per cui Elena Bruni').and.include('non c’è più')
    expect(await database.connection.collection('signatureInvitations').distinct('_id')).to.deep.equal(['i6'])
  })

  it('are thrown away by whoever presses twice at once', async () => {
    const login = { person: { key: 'giulia', cf: null }, level: 2 } as unknown as Login
    const kept = new Date(NOW.getTime() + 1)
    await filings().insertOne(draft('twice', kept))
    const { discard } = erasure()
    await Promise.all([1, 2].map(() => discard('m', 'twice', login)))
    expect(await filings().countDocuments()).to.equal(0)
  })

  it('lose no file of what another tab sends while they are erased', async () => {
    await filings().insertOne(draft('taken up'))
    const { eraseExpired } = erasure((deps) => {
      const { documents } = deps
      const ofFiling: typeof documents.ofFiling = async (municipality, owner, tx) => {
        // The draft is empty by now: the other tab puts its file in, of which the erasure still learns, and sends it.
        const place = { municipality, filing: owner, kind: 'attachment', sender: owner, at: NOW } as const
        const file = { ...place, ...PAPER, activeContent: 'refuse', name: 'buca.jpg' } as const
        const came = await documents.receive(Readable.from([JPEG_BYTES]), file)
        const found = await documents.ofFiling(municipality, owner, tx)
        await createInTransaction(database.connection)((sending) => documents.register([came], sending))
        await filings().updateOne({ key: owner }, { $set: { state: 'submitted' } })
        return found
      }
      return { ...deps, documents: { ...documents, ofFiling } }
    })
    await eraseExpired()
    expect(await filings().countDocuments({ key: 'taken up' })).to.equal(1)
    const [file] = await database.connection.collection('documents').find({ filing: 'taken up' }).toArray()
    expect(file).to.include({ name: 'buca.jpg', registered: true })
    expect(await database.connection.collection('contents').countDocuments(), 'with its bytes').to.equal(1)
  })

  it('are erased although a hundred before them cannot be, which is told at the end', async () => {
    const stuck = Array.from({ length: 100 }, (_, number) => draft(`a${number}`, new Date(NOW.getTime() - 1)))
    await filings().insertMany([...stuck, draft('z')])
    const broken = new Error('Its file cannot be read')
    const { eraseExpired } = erasure((deps) => {
      const ofFiling: typeof deps.documents.ofFiling = async (municipality, owner, tx) => {
        if (owner.startsWith('a')) throw broken
        return deps.documents.ofFiling(municipality, owner, tx)
      }
      return { ...deps, documents: { ...deps.documents, ofFiling } }
    })
    const failure = await eraseExpired().catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error).and.include({ cause: broken })
    expect(await filings().countDocuments()).to.equal(100)
    expect(await filings().countDocuments({ key: 'z' })).to.equal(0)
  })
})
