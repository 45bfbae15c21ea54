import { expect } from 'chai'
import { createDocuments } from '../../server/documents/index.ts'
import { createDraftFiles } from '../../server/drafts/draft-file-service.ts'
import { createDraftItems } from '../../server/drafts/draft-item-service.ts'
import { createDraftSaving } from '../../server/drafts/draft-saving-service.ts'
import { createDraftSteps } from '../../server/drafts/draft-step-service.ts'
import type { OpenDraft } from '../../server/drafts/draft.ts'
import { answersInStep } from '../../server/drafts/typed.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import type { Draft, FilingId } from '../../server/filings/filing.ts'
import type { FormBody } from '../../server/shared/form-body.ts'
import { newId } from '../../server/shared/ids.ts'
import { formWith, text, when } from '../forms/builder.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const now = () => new Date('2026-03-02T09:00:00Z')

/** A list that is asked only after one of the answers of its own step. */
const periods = { type: 'array', title: 'Periodi', minItems: 1 }
const period = {
  type: 'object',
  title: 'Periodo',
  required: ['presso'],
  properties: { presso: text('Presso'), ruolo: text('Ruolo'), estero: { type: 'boolean', title: 'All’estero' } },
}
const form = formWith(
  {
    targa: text('Targa', { format: 'targa' }),
    requisito: {
      title: 'Requisito',
      type: 'string',
      oneOf: ['studi', 'esperienza'].map((each) => ({ const: each, title: each })),
    },
    nota: text('Nota'),
  },
  {
    required: ['targa', 'requisito'],
    allOf: [when('requisito', 'esperienza', { periodi: { ...periods, items: period } })],
    steps: { requisiti: ['targa', 'requisito', 'periodi'], note: ['nota'] },
  },
)
const step = 'requisiti'
const WRONG = { targa: 'AB1', requisito: 'esperienza' }
const RIGHT = { targa: 'AB123CD', requisito: 'esperienza' }

describe('an item of a list', () => {
  const database = testDatabase()
  const signing = { verify: () => Promise.reject(new Error('Nothing is signed')) }

  let services: ReturnType<typeof createDraftItems> & ReturnType<typeof createDraftSteps>
  let open: OpenDraft
  const stored = async () => (await createFilingStore(database.connection).find('a-municipality', 'a-draft')) as Draft
  /** As a browser goes on: each page is made from what is stored. */
  const reopened = async (): Promise<OpenDraft> => (open = { ...open, draft: await stored() })

  before(async () => {
    const { connection } = database
    const store = createFilingStore(connection)
    const documents = createDocuments({ connection, signing, now, newId })
    const saving = createDraftSaving({ store, now })
    const files = createDraftFiles({ store, documents, now, saving })
    services = { ...createDraftItems({ newId, saving, files }), ...createDraftSteps({ saving, files }) }
    await modelsReady(connection)
  })
  beforeEach(async () => {
    await database.connection.collection('filings').deleteMany({})
    const draft: Draft = {
      id: 'a-draft' as FilingId,
      municipality: 'a-municipality',
      state: 'draft',
      channel: 'web',
      office: 'an-office',
      procedure: { id: 'a-procedure', version: 1, hash: 'a-hash', title: 'A procedure' },
      owner: 'a-person',
      profile: 'self',
      principal: null,
      ground: null,
      answers: {},
      pending: [],
      revision: 0,
      key: 'a-key',
      createdAt: now(),
      updatedAt: now(),
      privacyReadAt: now(),
      expiresAt: now(),
    }
    await createFilingStore(database.connection).insertDraft(draft)
    open = {
      draft,
      procedure: { form } as OpenDraft['procedure'],
      facts: {},
      files: [],
      service: { status: 'active' },
      mandateEnded: false,
    }
  })

  async function send(body: FormBody, name = step) {
    const { draft } = await reopened()
    return services.saveStep(open, { step: name, body, files: [], revision: draft.revision, lenient: false })
  }
  async function sendItem(presso: string, item: string | null = null, ruolo = '') {
    const { draft } = await reopened()
    const { length } = itemsSeen(draft)
    const body = {
      posizione: String(item === null ? length : 0),
      [`periodi.${item === null ? length : 0}.presso`]: presso,
      [`periodi.${item === null ? length : 0}.ruolo`]: ruolo,
    }
    return services.saveItem(open, { name: 'periodi', item }, { step, body, revision: draft.revision })
  }
  const itemsSeen = (draft: Draft) =>
    (answersInStep(form, draft, step)['periodi'] ?? []) as readonly { _id: string; presso?: string }[]

  it('takes nothing of its step into the answers that is not valid yet, and waits with it', async () => {
    await send(WRONG)
    const { errors, item } = await sendItem('Forno Bassi')
    expect(errors).to.deep.equal([])
    const draft = await stored()
    expect(draft.answers).to.deep.equal({})
    expect(answersInStep(form, draft, step)).to.deep.equal({
      ...WRONG,
      periodi: [{ _id: item, presso: 'Forno Bassi', estero: false }],
    })
  })

  it('is there when another step is saved, and enters the answers when its step is valid', async () => {
    await send(WRONG)
    await sendItem('Forno Bassi')
    const second = await sendItem('', null, 'Commessa')
    await sendItem('Bar Centrale', second.item)
    await send({ nota: 'A presto' }, 'note')
    expect((await stored()).answers).to.deep.equal({ nota: 'A presto' })
    expect((await send({ ...WRONG, targa: '!' })).errors).to.have.length(1)
    const { errors, notes } = await send(RIGHT)
    expect([errors, notes.revealed], 'all was on the page').to.deep.equal([[], []])
    const { answers, pending } = await stored()
    expect(pending).to.deep.equal([])
    expect(answers).to.include({ ...RIGHT, nota: 'A presto' })
    expect(answers['periodi']).to.have.length(2)
  })

  it('can be taken away while it waits', async () => {
    await send(WRONG)
    const { item } = await sendItem('Forno Bassi')
    await services.removeItem(await reopened(), step, { name: 'periodi', item })
    expect(itemsSeen(await stored())).to.deep.equal([])
  })

  it('enters the answers at once, complete or not, where nothing of its step waits', async () => {
    await send(WRONG)
    await sendItem('Forno Bassi')
    await send(RIGHT)
    const { item, errors } = await sendItem('', null, 'Commessa')
    expect(errors).to.have.length(1)
    const { answers, pending } = await stored()
    expect(pending).to.deep.equal([])
    expect(answers['periodi']).to.deep.include({ _id: item, ruolo: 'Commessa', estero: false })
  })

  it('is none while nothing is written in it, and blocks nothing', async () => {
    await send(RIGHT)
    await sendItem('Forno Bassi')
    const before = await stored()
    const { item, errors } = await sendItem('')
    expect([item, errors.map(({ pointer }) => pointer)]).to.deep.equal([null, ['/periodi/1/presso']])
    expect(await stored()).to.deep.equal(before)
    expect((await send(RIGHT)).errors).to.deep.equal([])
  })

  it('that is emptied stays as it was, to be deleted or not', async () => {
    await send(RIGHT)
    const { item } = await sendItem('Forno Bassi')
    const before = await stored()
    const emptied = await sendItem('', item)
    expect([emptied.item, emptied.emptied]).to.deep.equal([item, true])
    expect(await stored()).to.deep.equal(before)
    expect((await sendItem('', item, 'Commessa')).emptied, 'something is written in it').to.equal(false)
  })

  it('is shown again as it was typed where another tab was faster, beside what that one saved', async () => {
    await send(WRONG)
    await sendItem('Forno Bassi')
    const { draft } = await reopened()
    const [first] = itemsSeen(draft)
    const place = { name: 'periodi', item: first?._id ?? '' }
    const body = { posizione: '0', 'periodi.0.presso': 'Forno Bassi e figli' }
    const saved = await services.saveItem(open, place, { step, body, revision: draft.revision - 1 })
    expect(itemsSeen(saved.draft)[0]?.presso).to.equal('Forno Bassi e figli')
    expect(saved.theirs?.['periodi']).to.deep.equal([first])
    expect(await stored()).to.deep.equal(draft)
  })
})
