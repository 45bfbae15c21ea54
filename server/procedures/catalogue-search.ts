import { searchWords } from '../protocol/index.ts'
import type { ApplicantKind, ProcedureVersion } from './procedure.ts'

/** What a person looks for; what is absent does not narrow. `words` as typed. */
export type CatalogueQuery = Readonly<{ words?: string; category?: string; topic?: string; applicant?: ApplicantKind }>

/** A procedure with its words, by where they stand: a word of the title says more than one of the description. */
export type IndexedProcedure = Readonly<{ version: ProcedureVersion; words: readonly (readonly string[])[] }>

const WEIGHTS = [8, 4, 2, 1]
const italian = new Intl.Collator('it')

export function indexed(version: ProcedureVersion): IndexedProcedure {
  const { title, keywords, category, topics, card } = version
  return {
    version,
    words: [
      searchWords(title),
      searchWords(...keywords),
      searchWords(category, ...topics, ...card.lifeEvents),
      searchWords(card.description, card.audience, card.obtained, ...card.needed),
    ],
  }
}

/**
 * The procedures that have every word, whole or as a beginning («contrass»), best first; without words, all that the rest
 * of the query leaves, in the order of their titles. Accents, capitals and Italian endings do not count.
 */
export function searchProcedures(procedures: readonly IndexedProcedure[], query: CatalogueQuery): ProcedureVersion[] {
  const asked = searchWords(query.words)
  return procedures
    .filter(({ version }) => fits(version, query))
    .map((procedure) => ({ version: procedure.version, score: scoreOf(procedure, asked) }))
    .filter(({ score }) => score > 0 || asked.length === 0)
    .sort((a, b) => b.score - a.score || italian.compare(a.version.title, b.version.title))
    .map(({ version }) => version)
}

function fits({ category, topics, applicants }: ProcedureVersion, query: CatalogueQuery): boolean {
  return (
    (query.category === undefined || category === query.category) &&
    (query.topic === undefined || topics.includes(query.topic)) &&
    (query.applicant === undefined || applicants.includes(query.applicant))
  )
}

/** Zero if a word is nowhere. */
function scoreOf({ words }: IndexedProcedure, asked: readonly string[]): number {
  const scores = asked.map(
    (word) => WEIGHTS[words.findIndex((group) => group.some((known) => known.startsWith(word)))] ?? 0,
  )
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0)
}
