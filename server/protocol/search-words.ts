import { isCodiceFiscale, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import type { Party } from '../shared/party.ts'

/** Words that carry no meaning in a subject; without them «richiesta di accesso» asks two things, not three. */
const EMPTY = new Set(
  'a ad al alla alle allo ai agli con da dal dalla dei del della delle dello degli di e ed gli i il in la le lo l nel nella o per su sul sulla un una uno'.split(
    ' ',
  ),
)

/**
 * The words by which an entry is found, the same for what is stored and for what is asked: lower case, no accents,
 * Italian endings cut so that «richieste» finds «richiesta». Codes and numbers stay whole. Each word once.
 */
export function searchWords(...texts: readonly (string | null | undefined)[]): string[] {
  const words = texts
    .join(' ')
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((word) => word !== '' && !EMPTY.has(word))
  return [...new Set(words.map(stem))]
}

/** The words of a question: a tax code that was typed in groups is one of them, as it is stored. */
export function askedWords(text: string | undefined): string[] {
  const code = normaliseCodiceFiscale(text ?? '')
  return searchWords(isCodiceFiscale(code) ? code : text)
}

/** What searches look for in a party: its name, and its tax code. */
export function searchedIn(party: Party): readonly (string | null)[] {
  if (party.kind === 'person') return [party.givenName, party.familyName, party.cf]
  return party.kind === 'company' ? [party.name, party.cf] : [party.name]
}

/** The planner takes its bounds from the first word of `$all`: the one that is found least must come first. */
export async function rarestFirst(
  words: readonly string[],
  count: (word: string) => Promise<number>,
): Promise<string[]> {
  if (words.length < 2) return [...words]
  const counted = await Promise.all(words.map(async (word) => ({ word, found: await count(word) })))
  return counted.sort((a, b) => a.found - b.found).map(({ word }) => word)
}

/** Gender and number of Italian nouns are in the last vowel, with an `h` that only keeps the sound (pratica, pratiche). */
function stem(word: string): string {
  if (word.length < 5 || /\p{Number}/u.test(word)) return word
  return word.replace(/h?[aeio]+$/, '')
}
