import { withDay } from '../shared/dates.ts'

/** Facts that the subject of a register entry may name. */
export const SUBJECT_FACTS = [
  'title',
  'filer',
  /** For whom one files; the filer if for nobody else. */ 'principal',
] as const

/** Facts that a letter may name in double braces: `Gentile {{filer}}`. All Italian text, dates as `02/03/2026`. */
export const LETTER_FACTS = [
  ...SUBJECT_FACTS,
  'municipality',
  'office',
  'officeAddress',
  'officeHours',
  'officePhone',
  'officeEmail',
  'officePec',
  'responsible',
  'responsibleRole',
  'protocol',
  'protocolDate',
  'reasons',
  /** Last day for the other side's answer. */
  'answerBy',
  /** Last day of the procedure's term. */
  'due',
  'substitute',
  'substitutePec',
] as const

export type LetterFact = (typeof LETTER_FACTS)[number]

/** With the word before it that a day may elide. */
const PLACEHOLDER = /(?:\b(il|del|dal|al) )?\{\{([^{}]+)\}\}/g

/**
 * A text with its placeholders replaced. A name takes its fact; a JSON Pointer (`{{/impresa/denominazione}}`) takes the
 * person's own answer in words, from `answer`. What is not known is left out. Plain text: whoever renders it escapes it.
 */
export function fillText(
  text: string,
  facts: Partial<Record<LetterFact, string>>,
  answer: (pointer: string) => string | undefined = () => undefined,
): string {
  const valueOf = (name: string): string => {
    if (name.startsWith('/')) return answer(name) ?? ''
    if (name === 'principal') return facts.principal ?? facts.filer ?? ''
    return isLetterFact(name) ? (facts[name] ?? '') : ''
  }
  return text.replace(PLACEHOLDER, (_, word: string | undefined, name: string) =>
    word === undefined ? valueOf(name) : withDay(word, valueOf(name)),
  )
}

/** Names and pointers between double braces, each once. */
export function placeholders(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, , name = '']) => name))]
}

export const isLetterFact = (name: string): name is LetterFact => (LETTER_FACTS as readonly string[]).includes(name)
