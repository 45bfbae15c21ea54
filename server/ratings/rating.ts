import { createHash } from 'node:crypto'
import { hasErrors, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { charactersIn } from '../shared/plain-text.ts'

/** What is rated: how clear a page or the card of a procedure is, or how easy a service was to whoever has just used it. */
export type Subject = Readonly<{ kind: 'page' | 'card' | 'service'; id: string }>

/** What somebody thinks of it. Who it was is not kept: only the browser knows the key. */
export type Rating = Readonly<{
  /** Whoever holds it changes the same answer (service-requirements.md A8). */
  key: string
  subject: Subject
  /** From 1 to 5. */
  stars: number
  /** One of the reasons that fit the stars; null when none was given. */
  reason: string | null
  text: string
}>

/** As somebody sends it: the stars alone, the moment that they are chosen, or all of it. */
export type GivenRating = Pick<Rating, 'key' | 'subject' | 'stars'> & Partial<Pick<Rating, 'reason' | 'text'>>

export const STARS = [1, 2, 3, 4, 5] as const
/** Characters of the free text (A8). */
export const LONGEST_TEXT = 200

/** How the public pages are called that are rated as such, by the first part of their address. */
export const PAGES = {
  home: 'Pagina iniziale',
  servizi: 'Servizi',
  argomenti: 'Argomenti',
  contatti: 'Contatti',
  'domande-frequenti': 'Domande frequenti',
  'note-legali': 'Note legali',
  privacy: 'Informativa privacy',
} as const

/** The name of such a page; undefined for any other. */
export const pageNamed = (id: string): string | undefined =>
  Object.hasOwn(PAGES, id) ? PAGES[id as keyof typeof PAGES] : undefined

/** Questions and answers of the official model, word for word (C.SI.2.5, C.SI.2.6, C.SE.1.7). */
export const QUESTIONS: Readonly<Record<Subject['kind'], string>> = {
  page: 'Quanto sono chiare le informazioni su questa pagina?',
  card: 'Quanto sono chiare le informazioni su questa pagina?',
  service: 'Quanto è stato facile usare questo servizio?',
}

type Why = Readonly<{ question: string; reasons: Readonly<Record<string, string>> }>

export const NEGATIVE: Why = {
  question: 'Dove hai incontrato le maggiori difficoltà?',
  reasons: {
    'non-chiare': 'A volte le indicazioni non erano chiare',
    'non-complete': 'A volte le indicazioni non erano complete',
    'non-capivo': 'A volte non capivo se stavo procedendo correttamente',
    'problemi-tecnici': 'Ho avuto problemi tecnici',
    'altro-negativo': 'Altro',
  },
}

export const POSITIVE: Why = {
  question: 'Quali sono stati gli aspetti che hai preferito?',
  reasons: {
    chiare: 'Le indicazioni erano chiare',
    complete: 'Le indicazioni erano complete',
    capivo: 'Capivo sempre che stavo procedendo correttamente',
    'nessun-problema': 'Non ho avuto problemi tecnici',
    'altro-positivo': 'Altro',
  },
}

/** Up to three stars something was difficult. */
const whyOf = (stars: number): Why => (stars <= 3 ? NEGATIVE : POSITIVE)

/** The answer that a person sees to a reason; null for one that does not fit the stars: they were changed afterwards. */
export const reasonText = ({ stars, reason }: Pick<Rating, 'stars' | 'reason'>): string | null =>
  (reason === null ? undefined : whyOf(stars).reasons[reason]) ?? null

const KEY = /^[\w-]{16,64}$/

const MINUTE = 60_000

/**
 * The key of an answer that brings none, as from a form without a script: the same words from the same browser within a minute are one
 * press of the button, pressed twice. `salt` is thrown away with the process, so that no key tells later from where it came.
 */
export const keyOfPress = (sent: Readonly<{ body: FormBody; from: string }>, salt: string, at: Date): string =>
  hashed([salt, Math.floor(at.getTime() / MINUTE), sent])

const hashed = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16).toString('base64url')

/**
 * The key of what somebody thinks of a service that they used by this filing: one answer, however many tabs and processes take it. `session`
 * is known to that session alone, so when it has ended nothing leads from the answer to the filing.
 */
export const keyOfUse = (session: string, filing: string): string => hashed([session, filing])

/** The key that a form brings; empty for what is none. */
function keyIn(body: FormBody | undefined): string {
  const key = textIn(body, 'chiave')
  return KEY.test(key) ? key : ''
}

/** The subject written as in forms and in the database. */
export const subjectText = ({ kind, id }: Subject): string => `${kind}:${id}`

/** Null for what is none of ours; whether a procedure exists is for the catalogue to say. */
export function readSubject(text: string): Subject | null {
  const [, kind, id = ''] = /^(page|card|service):([a-z0-9-]{1,80})$/.exec(text) ?? []
  if (kind === undefined || (kind === 'page' && pageNamed(id) === undefined)) return null
  return { kind: kind as Subject['kind'], id }
}

/** `typed` is what is not complete, as it came and perhaps without a key: nothing of it has to be written again. */
type ReadRating = Readonly<{ rating: GivenRating } | { typed: Rating; errors: FormErrors }>

/**
 * A rating as its form sent it, with a new key when it brings none. Null when it says not even what it is about: then it was not our
 * form.
 */
export function readRating(body: FormBody | undefined, newKey: () => string): ReadRating | null {
  const subject = readSubject(textIn(body, 'oggetto'))
  if (!subject) return null
  const stars = Number(textIn(body, 'stelle'))
  const text = textIn(body, 'dettaglio').trim()
  const errors: FormErrors = {
    ...(STARS.some((star) => star === stars) ? {} : { 'stelle-1': 'Scegli da 1 a 5 stelle.' }),
    ...(charactersIn(text) > LONGEST_TEXT ? { dettaglio: `Scrivi al massimo ${LONGEST_TEXT} caratteri.` } : {}),
  }
  const key = keyIn(body)
  const chosen = textIn(body, stars <= 3 ? 'difficolta' : 'preferito')
  const reason = Object.hasOwn(whyOf(stars).reasons, chosen) ? chosen : null
  if (hasErrors(errors)) return { typed: { key, subject, stars, reason, text }, errors }
  const whole = body?.['dettaglio'] === undefined ? {} : { reason, text }
  return { rating: { key: key || newKey(), subject, stars, ...whole } }
}
