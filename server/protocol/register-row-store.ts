import { Schema } from 'mongoose'
import { appendOnly } from '../shared/append-only-store.ts'
import type { RegisterEntry } from './register.ts'
import { searchedIn, searchWords } from './search-words.ts'

export type Row = Omit<RegisterEntry, 'id'> & { _id: string }
/** `words` are for finding only: written once, never read back. */
export type IndexedRow = Row & { words: string[] }
export const entrySchema = new Schema<IndexedRow>(
  {
    _id: String,
    municipality: { type: String, required: true },
    ipaCode: { type: String, required: true },
    aooCode: { type: String, required: true },
    registerCode: { type: String, required: true },
    year: { type: Number, required: true },
    number: { type: Number, required: true },
    date: { type: String, required: true },
    at: { type: Date, required: true },
    direction: { type: String, enum: ['in', 'out', 'internal'], required: true },
    subject: { type: String, required: true },
    sender: { type: Schema.Types.Mixed, required: true },
    actedBy: Schema.Types.Mixed,
    actedAs: String,
    recipients: { type: [Schema.Types.Mixed], required: true },
    documents: { type: [Schema.Types.Mixed], required: true },
    classification: { type: String, required: true },
    office: { type: String, required: true },
    reserved: { type: Boolean, required: true },
    filing: { type: String, default: null },
    received: Schema.Types.Mixed,
    emergency: Schema.Types.Mixed,
    words: { type: [String], required: true, select: false },
  },
  { collection: 'registerentries', strict: 'throw', versionKey: false, minimize: false },
)
entrySchema.index({ ipaCode: 1, aooCode: 1, registerCode: 1, year: 1, number: 1 }, { unique: true })
entrySchema.index({ municipality: 1, number: 1, year: 1 })
entrySchema.index({ municipality: 1, filing: 1 })
// Each question of the search page walks one of these in the order of its answer, so that page 1 reads one page.
entrySchema.index({ municipality: 1, date: -1, number: -1 })
entrySchema.index({ municipality: 1, words: 1, date: -1, number: -1 })
entrySchema.index({ municipality: 1, direction: 1, date: -1, number: -1 })
entrySchema.index({ municipality: 1, office: 1, date: -1, number: -1 })
appendOnly(entrySchema)

/** The words by which the entry is found: its subject, names and codes of its parties. */
export function wordsOf({ subject, sender, actedBy, recipients }: Omit<RegisterEntry, 'id'>): string[] {
  const parties = [sender, ...(actedBy ? [actedBy] : []), ...recipients]
  return searchWords(subject, ...parties.flatMap(searchedIn))
}

/** The one cast between storage and domain. */
export function entryOf({ _id, ...row }: Row): RegisterEntry {
  return { ...row, id: _id }
}
