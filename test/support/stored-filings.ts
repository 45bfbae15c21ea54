import type { Draft, FilingId } from '../../server/filings/filing.ts'

const at = new Date('2026-03-02T09:00:00Z')

const facts: Omit<Draft, 'id'> = {
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

/** A draft of somebody. */
export const draft: Draft = { id: 'a-draft' as FilingId, ...facts }

/** What the database keeps of a filing like it that was sent, with all that is unique made of its number. */
export function sentRow(number: number, rest: object = {}) {
  const unique = { _id: `f${number}` as never, key: `k${number}`, verificationCode: `v${number}` }
  return { ...facts, ...unique, state: 'submitted', protocol: { year: 2026, number, entry: `e${number}`, at }, ...rest }
}
