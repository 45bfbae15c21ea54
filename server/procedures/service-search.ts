import type { ProcedureVersion } from './procedure.ts'

export type Search = Readonly<{ words?: string; category?: string; topic?: string }>

type Index = Readonly<{ title: string; keywords: string; text: string }>

/** A published version never changes, so what is made of its texts is kept with it. */
const indexes = new WeakMap<ProcedureVersion, Index>()

/**
 * Services that hold every word of the search at the beginning of one of theirs ("resid" finds "residenza"), best first:
 * title before keywords, keywords before text. Without words, all of them by title.
 * `category` and `topic` are slugs (`slug`).
 */
export function searchServices(procedures: readonly ProcedureVersion[], search: Search): ProcedureVersion[] {
  const words = plain(search.words ?? '')
    .split(' ')
    .filter(Boolean)
  return procedures
    .filter((procedure) => search.category === undefined || slug(procedure.category) === search.category)
    .filter((procedure) => search.topic === undefined || procedure.topics.some((topic) => slug(topic) === search.topic))
    .map((procedure) => ({ procedure, score: score(indexOf(procedure), words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.procedure.title.localeCompare(b.procedure.title, 'it'))
    .map(({ procedure }) => procedure)
}

/** `Educazione e formazione` → `educazione-e-formazione`, for addresses. */
export const slug = (text: string): string => plain(text).trim().replaceAll(' ', '-')

/** 0 when a word is nowhere; else the sum of where each was found. */
function score({ title, keywords, text }: Index, words: readonly string[]): number {
  if (words.length === 0) return 1
  const scores = words.map((word) => {
    if (title.includes(` ${word}`)) return 9
    if (keywords.includes(` ${word}`)) return 4
    return text.includes(` ${word}`) ? 1 : 0
  })
  return scores.includes(0) ? 0 : scores.reduce<number>((sum, one) => sum + one, 0)
}

function indexOf(procedure: ProcedureVersion): Index {
  const known = indexes.get(procedure)
  if (known) return known
  const { title, keywords, category, topics, card } = procedure
  const index = {
    title: plain(title),
    keywords: plain([...keywords, category, ...topics, ...card.lifeEvents].join(' ')),
    text: plain([card.description, card.audience, card.obtained].join(' ')),
  }
  indexes.set(procedure, index)
  return index
}

/** Lower case without accents and marks, words apart by one space, with a space before the first. */
function plain(text: string): string {
  const bare = text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return ` ${bare.replaceAll(/[^a-z0-9]+/g, ' ').trim()}`
}
