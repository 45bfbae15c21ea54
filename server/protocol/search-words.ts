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

/** Gender and number of Italian nouns are in the last vowel, with an `h` that only keeps the sound (pratica, pratiche). */
function stem(word: string): string {
  if (word.length < 5 || /\p{Number}/u.test(word)) return word
  return word.replace(/h?[aeio]+$/, '')
}
