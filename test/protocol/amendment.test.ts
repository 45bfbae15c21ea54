import { expect } from 'chai'
import {
  annulmentOf,
  createProtocol,
  type NewAmendment,
  type Protocol,
  type RegisterEntry,
} from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { newEntry, vallechiara } from './sample.ts'

const act = { number: '12', date: '2026-03-03' }
const annulment: NewAmendment = {
  change: { kind: 'annulment' },
  at: new Date('2026-03-03T08:00:00Z'),
  by: { kind: 'officer', name: 'Anna Bianchi', cf: 'BNCNNA70A41H501X', role: 'protocol', office: 'protocollo' },
  reason: 'Documento registrato due volte',
  act,
}
const correction = (value: string, changes: Partial<NewAmendment> = {}): NewAmendment => ({
  ...annulment,
  change: { kind: 'correction', field: 'subject', value },
  ...changes,
})

describe('annulling and correcting', () => {
  const database = testDatabase()
  let protocol: Protocol
  let inTransaction: InTransaction
  let entry: RegisterEntry
  const amend = (request: NewAmendment) => inTransaction((tx) => protocol.amend(entry, request, tx))
  const failure = (request: NewAmendment) => amend(request).catch((e: unknown) => e)

  before(async () => {
    protocol = createProtocol({ connection: database.connection, newId })
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
  })
  beforeEach(async () => {
    entry = await inTransaction((tx) => protocol.register(newEntry(), vallechiara, tx))
  })

  it('leaves the annulled entry and its number as they were, with who, when, why and by which act', async () => {
    await amend(annulment)
    expect(await protocol.find('vallechiara', entry.id)).to.deep.equal(entry)
    expect(annulmentOf(await protocol.amendmentsOf([entry]))).to.deep.include(annulment)
  })

  it('keeps the old value legible beside each new one', async () => {
    await amend(correction('Primo testo'))
    await amend(correction('Secondo testo'))
    const amendments = await protocol.amendmentsOf([entry])
    expect(amendments.map(({ before }) => before)).to.deep.equal([entry.subject, 'Primo testo'])
    expect(await protocol.current(entry)).to.deep.equal({ ...entry, subject: 'Secondo testo' })
  })

  it('needs a reason', async () => {
    expect(await failure({ ...annulment, reason: ' ' })).to.have.property('code', 'INVALID_INPUT')
  })

  it('needs an act for what art. 53 c. 1 fixes, but not to move an entry to another office', async () => {
    const { change, at, by, reason } = annulment
    const unauthorised = { change, at, by, reason }
    expect(await failure(unauthorised)).to.have.property('code', 'INVALID_INPUT')
    expect(await failure({ ...unauthorised, change: correction('x').change })).to.have.property('code', 'INVALID_INPUT')
    await amend({ ...unauthorised, change: { kind: 'correction', field: 'office', value: 'tributi' } })
    expect(await protocol.current(entry)).to.have.property('office', 'tributi')
  })

  it('lets only one of two officers annul at once', async () => {
    const colleague = { ...annulment, by: { ...annulment.by, name: 'Bruno Neri' } }
    const outcomes = await Promise.allSettled([amend(annulment), amend(colleague)])
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(refused).to.have.length(1)
    expect(refused[0]).to.have.property('code', 'CONFLICT')
    expect(await protocol.amendmentsOf([entry])).to.have.length(1)
  })

  it('annuls once for one officer who presses twice', async () => {
    const [first, second] = await Promise.all([amend(annulment), amend(annulment)])
    expect(second).to.deep.equal(first)
    expect(await amend(annulment)).to.deep.include({ id: first.id })
    expect(await protocol.amendmentsOf([entry])).to.have.length(1)
  })

  it('changes nothing any more on an annulled entry', async () => {
    await amend(annulment)
    expect(await failure(correction('x'))).to.have.property('code', 'CONFLICT')
  })
})
