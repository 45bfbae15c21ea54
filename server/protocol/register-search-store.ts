import type { Model, QueryFilter } from 'mongoose'
import { AppError } from '../errors.ts'
import { entryOf, type IndexedRow, type Row } from './register-row-store.ts'
import { MAX_RESULTS, PAGE_SIZE, type RegisterQuery, type RegisterStore } from './register.ts'
import { askedWords, rarestFirst } from './search-words.ts'

/** From so many finds on a word counts as common; how common does not matter for the order. */
const COMMON = MAX_RESULTS * 10

/** Two words that are common apart and rare together make the database read all entries of one: not for longer than this. */
const PATIENCE_MS = 3_000
const TIME_LIMIT_EXCEEDED = 50

/** The search of the register: each question walks one index in the order of its answer, so that page 1 reads one page. */
export function createSearch(model: Model<IndexedRow>): RegisterStore['search'] {
  return async (municipality, query) => {
    const found = async (word: string) => model.countDocuments({ municipality, words: word }).limit(COMMON)
    const words = await rarestFirst(askedWords(query.text), found)
    const filter = filterOf(municipality, query, words)
    const [rows, counted] = await Promise.all([
      model
        .find(filter)
        .sort({ date: -1, number: -1 })
        .skip(((query.page ?? 1) - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
        .maxTimeMS(PATIENCE_MS)
        .lean<Row[]>(),
      model
        .countDocuments(filter)
        .limit(MAX_RESULTS + 1)
        .maxTimeMS(PATIENCE_MS),
    ]).catch(explainTimeLimit)
    return { entries: rows.map(entryOf), total: Math.min(counted, MAX_RESULTS), more: counted > MAX_RESULTS }
  }
}

function explainTimeLimit(error: unknown): never {
  if ((error as { code?: unknown }).code !== TIME_LIMIT_EXCEEDED) throw error
  throw new AppError('INVALID_INPUT', 'Search of the register took too long', {
    explanation: 'La ricerca è troppo ampia: indica un periodo, oppure aggiungi un nome o una parola meno comune',
    cause: error,
  })
}

function filterOf(municipality: string, query: RegisterQuery, words: string[]): QueryFilter<IndexedRow> {
  const { number, year, from, to, direction, office, reservedOf } = query
  return {
    municipality,
    ...(words.length > 0 && { words: { $all: words } }),
    ...(number !== undefined && { number }),
    ...(year !== undefined && { year }),
    ...period(from, to),
    ...(direction && { direction }),
    ...(office && { office }),
    ...(reservedOf && { $or: [{ reserved: false }, { office: { $in: reservedOf } }] }),
  }
}

function period(from?: string, to?: string): QueryFilter<IndexedRow> {
  if (!from && !to) return {}
  return { date: { ...(from && { $gte: from }), ...(to && { $lte: to }) } }
}
