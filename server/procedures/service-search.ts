import { searchWords } from '../protocol/index.ts'
import type { ProcedureVersion } from './procedure.ts'

/** What a person looks for; what is absent does not narrow. `words` as typed; `category` and `topic` are slugs (`slug`). */
export type Search = Readonly<{ words?: string; category?: string; topic?: string }>

/** The words of a procedure by where they stand, and what a find there is worth; best place first. */
type Index = readonly Readonly<{ words: string; worth: number }>[]

/** A published version never changes, so what is made of its texts is kept with it. */
const indexes = new WeakMap<ProcedureVersion, Index>()

/**
 * Services that hold every word of the search, whole or as a beginning ("contrass" finds "contrassegno"), best first:
 * title before keywords, keywords before text; equals stay in the order given, as all do without words. Accents, capitals
 * and Italian endings do not count.
 */
export function searchServices(procedures: readonly ProcedureVersion[], search: Search): ProcedureVersion[] {
  const asked = searchWords(search.words)
  return procedures
    .filter(({ category }) => search.category === undefined || slug(category) === search.category)
    .filter(({ topics }) => search.topic === undefined || topics.some((topic) => slug(topic) === search.topic))
    .map((procedure) => ({ procedure, score: asked.length === 0 ? 1 : score(indexOf(procedure), asked) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
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
  const scores = asked.map((word) => index.find(({ words }) => words.includes(` ${word}`))?.worth ?? 0)
  return scores.includes(0) ? 0 : scores.reduce((sum, one) => sum + one, 0)
}

function indexOf(procedure: ProcedureVersion): Index {
  const known = indexes.get(procedure)
  if (known) return known
  const { title, keywords, category, topics, card } = procedure
  const index = [
    { words: line(title), worth: 9 },
    { words: line(...keywords), worth: 4 },
    { words: line(category, ...topics, ...card.lifeEvents), worth: 2 },
    { words: line(card.description, card.audience, card.obtained, ...card.needed), worth: 1 },
  ]
  indexes.set(procedure, index)
  return index
}

/** Words with a space before each, so that the beginning of a word is found by looking for a space and it. */
const line = (...texts: string[]): string => ` ${searchWords(...texts).join(' ')}`
