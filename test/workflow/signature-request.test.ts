import { expect } from 'chai'
import type { OfficerActor } from '../../server/filings/actor.ts'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import {
  createSignatureRequestService,
  MOST_SIGNATURES,
  type SignatureRequestDeps,
} from '../../server/workflow/signature-request-service.ts'
import { testDatabase } from '../support/database.ts'

/** Head of one office, who works in another as well. */
const HEAD: OfficerActor = {
  kind: 'officer',
  owner: 'VLLRRT70A41G478X',
  cf: 'VLLRRT70A41G478X',
  name: 'Roberta Villa',
  appointments: [
    { role: 'head-of-office', office: 'own' },
    { role: 'specialist', office: 'other' },
  ],
  family: [],
}

describe('the letters that wait for a signature', () => {
  const database = testDatabase()
  const at = new Date('2026-03-02T09:00:00Z')

  const filings = (office: string, due: string, count: number) =>
    Array.from({ length: count }, (_, number) => ({
      _id: `${office} ${number}` as never,
      municipality: 'm',
      state: 'in-charge',
      owner: 'giulia',
      office,
      procedure: { id: 'a-procedure', version: 1 },
      answers: {},
      due,
      verificationCode: `${office} ${number}`,
      protocol: { entry: `${office} ${number}`, number, year: 2026, at },
      toSign: { step: 'accept', role: 'head-of-office', at },
    }))
  const waiting = async (): Promise<string[]> => {
    const catalogue = { version: async () => ({ workflow: [] }) }
    const deps = { store: createFilingStore(database.connection), catalogue } as unknown as SignatureRequestDeps
    const found = await createSignatureRequestService(deps).waiting('m', HEAD, ['own', 'other'])
    return found.map(({ filing }) => filing.office)
  }

  it('are all shown to who signs them, although as many as a page holds wait before them for somebody else', async () => {
    const others = filings('other', '2026-03-10', 2 * MOST_SIGNATURES)
    await database.connection.collection('filings').insertMany([...others, ...filings('own', '2026-04-10', 2)])
    expect(await waiting()).to.deep.equal(['own', 'own'])
  })

  it('are no more than one may sign in one go', async () => {
    const more = filings('own', '2026-04-10', MOST_SIGNATURES + 20).slice(2)
    await database.connection.collection('filings').insertMany(more)
    expect(await waiting()).to.have.length(MOST_SIGNATURES)
  })
})
