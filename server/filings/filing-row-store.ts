import { Schema } from 'mongoose'
import { searchedIn, searchWords } from '../protocol/index.ts'
import { FOR_ONESELF } from './acting.ts'
import type { Draft, Filing, FilingId, Submitted } from './filing.ts'

/**
 * Fields of drafts and of what was sent side by side; which are there follows from `state`. `words` are those by which a sent one is found
 * by the names of who sent it and for whom: for finding only, written with it, never read back.
 */
export type Row = { _id: string; state: Filing['state'] } & Omit<Draft, 'id' | 'state'> &
  Omit<Submitted, 'id' | 'state'> & { words?: string[] }

const mixed = Schema.Types.Mixed

export const filingSchema = new Schema<Row>(
  {
    _id: String,
    municipality: { type: String, required: true },
    state: {
      type: String,
      enum: [
        'draft',
        'submitted',
        'in-charge',
        'waiting-integration',
        'refusal-announced',
        'attestation-asked',
        'accepted',
        'refused',
        'withdrawn',
        'closed',
      ],
      required: true,
    },
    procedure: { type: mixed, required: true },
    channel: { type: String, enum: ['web', 'counter', 'pec', 'paper'], required: true },
    owner: { type: String, required: true },
    office: { type: String, required: true },
    answers: { type: mixed, required: true },
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    key: String,
    privacyReadAt: Date,
    pending: { type: [mixed], default: undefined },
    reachedSummary: Boolean,
    nothingEarlier: Boolean,
    expiresAt: Date,
    filer: mixed,
    profile: String,
    principal: mixed,
    ground: mixed,
    evidence: mixed,
    protocol: mixed,
    due: String,
    answerBy: String,
    verificationCode: String,
    secondCode: String,
    receipt: String,
    assignedTo: mixed,
    toSign: mixed,
    abstentions: { type: [mixed], default: undefined },
    clearances: { type: [mixed], default: undefined },
    words: { type: [String], default: undefined },
  },
  { strict: 'throw', versionKey: false, minimize: false, collection: 'filings' },
)

const REGISTERED = { 'protocol.year': 1, 'protocol.number': 1 } as const
const NEAREST = { due: 1, ...REGISTERED } as const
const NEAREST_ANSWER = { answerBy: 1, ...REGISTERED } as const
const NEWEST = { updatedAt: -1, 'protocol.year': -1, 'protocol.number': -1 } as const
export const OFFICE_ORDERS = { due: NEAREST, answerBy: NEAREST_ANSWER, newest: NEWEST } as const
export const LAST_FILED = { 'protocol.year': -1, 'protocol.number': -1 } as const

filingSchema.index({ municipality: 1, owner: 1, updatedAt: -1 })
filingSchema.index(
  { municipality: 1, 'ground.principalKey': 1, updatedAt: -1 },
  { partialFilterExpression: { 'ground.principalKey': { $exists: true } } },
)
// What somebody sent in one name, the latest first: nothing else of theirs is read.
filingSchema.index(
  { municipality: 1, owner: 1, profile: 1, 'principal.cf': 1, 'protocol.at': -1 },
  { partialFilterExpression: { 'protocol.at': { $exists: true } } },
)
// The lists of the desk, each in the order in which it is shown: page 1 reads one page, however many filings there are.
filingSchema.index({ municipality: 1, office: 1, state: 1, ...NEAREST })
filingSchema.index({ municipality: 1, office: 1, state: 1, ...NEWEST })
filingSchema.index(
  { municipality: 1, office: 1, state: 1, ...NEAREST_ANSWER },
  { partialFilterExpression: { state: { $in: ['waiting-integration', 'refusal-announced'] } } },
)
// What one officer has in hand, among all that their office has.
filingSchema.index(
  { municipality: 1, 'assignedTo.cf': 1, office: 1, state: 1, ...NEAREST },
  { partialFilterExpression: { 'assignedTo.cf': { $exists: true } } },
)
filingSchema.index(
  { municipality: 1, 'protocol.number': 1 },
  { partialFilterExpression: { 'protocol.number': { $exists: true } } },
)
// Found by a name: the last filed first. That order never changes, so a step writes nothing here.
filingSchema.index(
  { municipality: 1, office: 1, words: 1, ...LAST_FILED },
  { partialFilterExpression: { words: { $exists: true } } },
)
filingSchema.index({ municipality: 1, 'toSign.at': 1 }, { partialFilterExpression: { 'toSign.at': { $exists: true } } })
filingSchema.index(
  { verificationCode: 1 },
  { unique: true, partialFilterExpression: { verificationCode: { $exists: true } } },
)
// One draft per press of "Inizia", however often the request arrives.
filingSchema.index({ owner: 1, key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } })
filingSchema.index(
  { municipality: 1, owner: 1, 'procedure.id': 1, updatedAt: -1 },
  { partialFilterExpression: { state: 'draft' } },
)
filingSchema.index({ expiresAt: 1 }, { partialFilterExpression: { state: 'draft' } })

export const toRow = ({ id, ...filing }: Filing): Row =>
  ({ _id: id, ...filing, ...(filing.state !== 'draft' && { words: wordsOf(filing) }) }) as unknown as Row

/** The words by which it is found: names and tax codes of who filed it and for whom. */
export const wordsOf = ({ filer, principal }: Pick<Submitted, 'filer' | 'principal'>): string[] =>
  searchWords(...[filer, ...(principal ? [principal] : [])].flatMap(searchedIn))

/** The one cast between storage and domain; the schema guards the way in. */
export function fromRow({ _id, ...row }: Row): Filing {
  delete row.words
  // Drafts that were begun before there was a choice were begun for oneself, as far as the platform knew.
  return { ...FOR_ONESELF, ...row, id: _id as FilingId }
}
