import { expect } from 'chai'
import { createIndexes } from '../../server/database.ts'
import { createMessageLog, type MessageLog } from '../../server/identity/message-log-store.ts'
import { queryOf, searchErrors, searchOf } from '../../server/identity/message-log-search.ts'
import { PAGE_SIZE, personHash, type MessageRecord } from '../../server/identity/message-log.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const KEY = Buffer.alloc(32, 7)
const GIULIA = 'CNTGLI85H54G478Q'
const MARCO = 'RNLMRC81C02D653D'
const common = { scheme: 'spid', organization: 'vallechiara', identityProvider: 'https://idp.example' } as const

const request = (requestId: string, at: string, organization = 'vallechiara'): MessageRecord => ({
  ...common,
  organization,
  requestId,
  kind: 'request',
  at: new Date(at),
  level: 2,
  xml: '<AuthnRequest/>',
})
const response = (requestId: string, at: string, person: string): MessageRecord => ({
  ...common,
  requestId,
  kind: 'response',
  at: new Date(at),
  outcome: 'login',
  person,
  responseId: `${requestId}-r`,
  assertionId: `${requestId}-a`,
  xml: `<Response>${person}</Response>`,
})

describe('the log of SAML messages', () => {
  const database = testDatabase()
  let log: MessageLog
  const rows = () => database.connection.collection('saml_messages')

  before(async () => {
    log = createMessageLog(database.connection, KEY)
    await modelsReady(database.connection)
  })
  beforeEach(() => rows().deleteMany({}))

  const keep = async (...records: MessageRecord[]): Promise<void> => {
    for (const record of records) await log.append(record)
  }
  const found = async (query: object): Promise<string[]> => {
    const { authentications } = await log.search({ organization: 'vallechiara', page: 1, ...query })
    return authentications.map((one) => one.request.requestId)
  }

  it('finds a person by their tax code, which is nowhere in it', async () => {
    await keep(request('_1', '2026-11-01T10:00Z'), response('_1', '2026-11-01T10:01Z', GIULIA))
    await keep(request('_2', '2026-11-02T10:00Z'), response('_2', '2026-11-02T10:01Z', MARCO))
    await keep(request('_3', '2026-11-03T10:00Z'), response('_3', '2026-11-03T10:01Z', GIULIA))
    expect(await found({ person: GIULIA })).to.deep.equal(['_3', '_1'])
    expect(await found({ person: MARCO, from: new Date('2026-11-03T00:00Z') })).to.deep.equal([])
    const stored = await rows().find().toArray()
    expect(stored.map((row) => JSON.stringify(row)).join()).not.to.include(GIULIA)
    expect(personHash(GIULIA, KEY), 'for whoever has not the key').not.to.equal(personHash(GIULIA, Buffer.alloc(32, 8)))
  })

  it('finds by day and by identifier of request, response or assertion, in its own municipality', async () => {
    await keep(request('_1', '2026-11-01T10:00Z'), response('_1', '2026-11-01T10:01Z', GIULIA))
    await keep(request('_2', '2026-11-02T10:00Z'), request('_3', '2026-11-02T11:00Z', 'altrove'))
    expect(await found({ from: new Date('2026-11-02T00:00Z') })).to.deep.equal(['_2'])
    expect(await found({ to: new Date('2026-11-02T10:00Z') })).to.deep.equal(['_1'])
    for (const id of ['_1', '_1-r', '_1-a']) expect(await found({ id }), id).to.deep.equal(['_1'])
    expect(await found({ id: '_3' })).to.deep.equal([])
    expect(await log.ofRequest('vallechiara', '_3')).to.deep.equal([])
  })

  it('gives pages, newest first, each request with its responses', async () => {
    const minutes = Array.from({ length: PAGE_SIZE + 1 }, (_, index) => new Date(Date.UTC(2026, 10, 1, 10, index)))
    await keep(...minutes.map((at, index) => request(`_${index}`, at.toISOString())))
    await keep(response('_0', '2026-11-01T10:01Z', GIULIA))
    const query = { organization: 'vallechiara' }
    const first = await log.search({ ...query, page: 1 })
    expect([first.total, first.authentications.length]).to.deep.equal([PAGE_SIZE + 1, PAGE_SIZE])
    expect(first.authentications[0]?.request).to.include({ requestId: `_${PAGE_SIZE}`, level: 2 })
    const { authentications } = await log.search({ ...query, page: 2 })
    expect(authentications.map((one) => one.responses.map(({ outcome }) => outcome))).to.deep.equal([['login']])
  })

  it('says until when there was no hash to search by', async () => {
    await keep(request('_1', '2026-11-01T10:00Z'), request('_2', '2026-11-02T10:00Z'))
    expect(await log.unsearchableUntil('vallechiara')).to.equal(null)
    await rows().updateOne({ requestId: '_1' }, { $unset: { person: '' } })
    expect(await log.unsearchableUntil('vallechiara')).to.deep.equal(new Date('2026-11-01T10:00Z'))
  })

  it('shows the rest when one text was altered', async () => {
    await keep(request('_1', '2026-11-01T10:00Z'), response('_1', '2026-11-01T10:01Z', GIULIA))
    const other = await rows().findOne({ kind: 'request' })
    await rows().updateOne({ kind: 'response' }, { $set: { sealed: other?.['sealed'] as unknown } })
    const opened = await log.ofRequest('vallechiara', '_1')
    expect(opened.map(({ xml }) => xml)).to.deep.equal(['<AuthnRequest/>', null])
  })

  it('erases what is 24 months old, and nothing else', async () => {
    await keep(request('_old', '2024-11-01T10:00Z'), response('_old', '2024-11-01T10:05Z', GIULIA))
    await keep(request('_young', '2024-11-02T10:00Z'))
    expect(await log.eraseDue(new Date('2026-11-01T09:59:59Z'))).to.equal(0)
    expect(await log.eraseDue(new Date('2026-11-01T10:00Z'))).to.equal(1)
    expect((await rows().find().toArray()).map(({ kind }) => kind as string)).to.have.members(['response', 'request'])
    expect(await log.eraseDue(new Date('2026-11-02T09:00Z'))).to.equal(1)
    expect(await found({})).to.deep.equal(['_young'])
  })

  it('is erased by nothing else: the index by which the database did is dropped', async () => {
    const old = { key: { expiresAt: 1 }, name: 'expiresAt_1', expireAfterSeconds: 0 }
    await rows().dropIndex('due')
    await database.connection.db?.command({ createIndexes: 'saml_messages', indexes: [old] })
    await createIndexes(database.connection)
    await createIndexes(database.connection)
    const indexes = await rows().indexes()
    expect(indexes.map(({ name }) => name)).to.include('due')
    expect(indexes.filter((index) => 'expireAfterSeconds' in index)).to.deep.equal([])
  })
})

describe('the search of that log', () => {
  it('takes whole days of Rome, in winter and in summer', () => {
    const asked = queryOf(searchOf({ dal: '2026-03-28', al: '2026-03-29' }))
    expect(asked.from).to.deep.equal(new Date('2026-03-27T23:00Z'))
    expect(asked.to).to.deep.equal(new Date('2026-03-29T22:00Z'))
  })

  it('tells what is wrong', () => {
    const named = (fields: object) => Object.keys(searchErrors(searchOf(fields)))
    expect(named({})).to.deep.equal(['cf'])
    expect(named({ cf: 'CNT' })).to.deep.equal(['cf'])
    expect(named({ dal: '31/12/2026' })).to.deep.equal(['dal'])
    expect(named({ dal: '2026-12-31', al: '2026-12-01' })).to.deep.equal(['al'])
    expect(named({ cf: GIULIA.toLowerCase(), id: ['_1', '_2'] })).to.deep.equal([])
  })
})
