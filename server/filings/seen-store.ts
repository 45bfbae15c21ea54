import type { PersonQuery, Seer } from './filing.ts'

type Query = Readonly<Record<string, unknown>>

/**
 * What a person sees of all filings, in the words of the database, so that it can count them and give one page of them. It is the rule of
 * access once more (`citizenDenial`, to see): a test holds the two together, and the rule is asked again of all that was read.
 * Municipality and query stand in each part, not around them: MongoDB then takes the best index for each. Otherwise it reads all that
 * anybody sent.
 */
export function seenBy(municipality: string, seer: Seer, query: PersonQuery = {}): { $or: Query[] } {
  const around = { municipality, ...narrowed(query) }
  const parts = [own(seer), sentForThem(seer), ...(query.followed === false ? [] : named(seer))]
  return { $or: parts.map((part) => ({ $and: [around, part] })) }
}

const SENT = { state: { $ne: 'draft' } }
const UNDER_NONE = { 'ground.kind': { $ne: 'mandate' } }

/** Their drafts, and what they sent: under a mandate only while one covers it. */
const own = ({ owner, mandates }: Seer): Query => ({
  owner,
  $or: [{ state: 'draft' }, UNDER_NONE, ...mandates.map(covered)],
})

const covered = ({ principalKey, scope }: Seer['mandates'][number]): Query => ({
  'ground.principalKey': principalKey,
  ...(scope.kind === 'procedures' && { 'procedure.id': { $in: [...scope.procedures] } }),
  ...(scope.kind === 'filing' && { _id: scope.filing }),
})

/** What others sent in one of their names. */
const sentForThem = ({ owner, names }: Seer): Query => ({
  'ground.principalKey': { $in: [...names] },
  owner: { $ne: owner },
  ...SENT,
})

/** Single filings that they may follow for whom they stand for. */
const named = ({ owner, mandates }: Seer): Query[] =>
  mandates.flatMap(({ principalKey, scope }) =>
    scope.kind === 'filing'
      ? [{ $and: [{ _id: scope.filing, owner: { $ne: owner }, ...SENT }, inTheNameOf(principalKey)] }]
      : [],
  )

const inTheNameOf = (key: string): Query => ({ $or: [{ 'ground.principalKey': key }, { owner: key, ...UNDER_NONE }] })

const narrowed = ({ states, protocol, ids, sentInNameOf }: PersonQuery): Query => ({
  ...(states && { state: { $in: [...states] } }),
  ...(protocol && { 'protocol.number': protocol.number }),
  ...(protocol?.year !== undefined && { 'protocol.year': protocol.year }),
  ...(ids && { _id: { $in: [...ids] } }),
  ...(sentInNameOf !== undefined && { $and: [SENT, inTheNameOf(sentInNameOf)] }),
})
