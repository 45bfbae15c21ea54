import { searchWords } from '../protocol/index.ts'
import type { ProcedureVersion } from './procedure.ts'

/** What a person looks for; what is absent does not narrow. `words` as typed; `category` and `topic` are slugs (`slug`). */
export type Search = Readonly<{ words?: string; category?: string; topic?: string }>

/** Where the words of a procedure stand and what a find there is worth, best place first. */
type Index = readonly Readonly<{ words: readonly string[]; worth: number }>[]

/** A published version never changes, so what is made of its texts is kept with it. */
const indexes = new WeakMap<ProcedureVersion, Index>()

const italian = new Intl.Collator('it')

/**
 * Services that hold every word of the search, whole or as a beginning ("contrass" finds "contrassegno"), best first:
 * title before keywords, keywords before text. Without words, all of them by title. Accents, capitals and Italian endings
 * do not count.
 */
export function searchServices(procedures: readonly ProcedureVersion[], search: Search): ProcedureVersion[] {
  const asked = searchWords(search.words)
  return procedures
    .filter(({ category }) => search.category === undefined || slug(category) === search.category)
    .filter(({ topics }) => search.topic === undefined || topics.some((topic) => slug(topic) === search.topic))
    .map((procedure) => ({ procedure, score: asked.length === 0 ? 1 : score(indexOf(procedure), asked) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || italian.compare(a.procedure.title, b.procedure.title))
    .map(({ procedure }) => procedure)
}

/** `Educazione e formazione` → `educazione-e-formazione`, for addresses. */
export const slug = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')

/** Zero when a word is nowhere; else the sum of where each was found. */
function score(index: Index, asked: readonly string[]): number {
  const scores = asked.map(
    (word) => index.find(({ words }) => words.some((known) => known.startsWith(word)))?.worth ?? 0,
  )
  return scores.includes(0) ? 0 : scores.reduce((sum, one) => sum + one, 0)
}

function indexOf(procedure: ProcedureVersion): Index {
  const known = indexes.get(procedure)
  if (known) return known
  const { title, keywords, category, topics, card } = procedure
  const index = [
    { words: searchWords(title), worth: 9 },
    { words: searchWords(...keywords), worth: 4 },
    { words: searchWords(category, ...topics, ...card.lifeEvents), worth: 2 },
    { words: searchWords(card.description, card.audience, card.obtained, ...card.needed), worth: 1 },
  ]
  indexes.set(procedure, index)
  return index
}
