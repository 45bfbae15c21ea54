import { formatDate } from '../shared/dates.ts'
import { shownErrors, type FormErrors } from '../shared/form-body.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import {
  LONGEST_TEXT,
  NEGATIVE,
  pageNamed,
  POSITIVE,
  QUESTIONS,
  STARS,
  subjectText,
  type Rating,
  type Subject,
} from './rating.ts'
import type { Remark, Tally } from './rating-store.ts'

type Answered = Pick<Rating, 'key'> & Partial<Pick<Rating, 'stars' | 'reason' | 'text'>>

/** Data of `components/rating`: the question about this subject, with the key of its answer and what was answered before, if anything was. */
export function ratingForm(subject: Subject, answered?: Answered) {
  const sideOf = (side: string, name: string, { question, reasons }: typeof NEGATIVE) => ({
    side,
    name,
    question,
    reasons: Object.entries(reasons).map(([id, text]) => ({ id, text, chosen: id === answered?.reason })),
  })
  return {
    subject: subjectText(subject),
    question: QUESTIONS[subject.kind],
    key: answered?.key ?? '',
    stars: STARS.map((star) => ({
      star,
      text: star === 1 ? 'Valuta 1 stella su 5' : `Valuta ${star} stelle su 5`,
      chosen: star === answered?.stars,
    })),
    sides: [sideOf('negative', 'difficolta', NEGATIVE), sideOf('positive', 'preferito', POSITIVE)],
    text: answered?.text ?? '',
    longest: LONGEST_TEXT,
  }
}

/** Data of `pages/ratings/given`: thanks, and the answer, which can still be changed. */
export const givenPage = (rating: Rating) => ({
  title: 'Grazie, il tuo parere ci aiuterà a migliorare',
  breadcrumb: [{ text: 'Valutazione' }],
  form: ratingForm(rating.subject, rating),
  back: backTo(rating.subject),
})

/** Where whoever rated it was. Of a service that is the filing, which the rating does not know. */
function backTo({ kind, id }: Subject): Readonly<{ href: string; text: string }> {
  if (kind === 'card') return { href: `/servizi/${id}`, text: 'Torna alla scheda del servizio' }
  if (kind === 'service') return { href: '/area-personale', text: 'Torna all’area personale' }
  if (id === 'home') return { href: '/', text: 'Torna alla pagina iniziale' }
  return { href: `/${id}`, text: `Torna a «${pageNamed(id) ?? id}»` }
}

/** The same page for an answer that is not complete, with what was typed. */
export const wrongPage = (typed: Rating, errors: FormErrors) => ({
  title: 'Errore: la tua valutazione',
  breadcrumb: [{ text: 'Valutazione' }],
  form: ratingForm(typed.subject, typed),
  ...shownErrors(errors),
})

type Remarks = Readonly<{ remarks: readonly Remark[]; total: number; page: number; size: number }>
type TitleOf = (procedure: string) => string

const KINDS: Readonly<Record<Subject['kind'], string>> = { page: 'Pagina', card: 'Scheda', service: 'Servizio usato' }

/** Data of `pages/ratings/ratings`: how each page and service is judged, the worst first, and what people wrote. */
export function ratingsPage(tallies: readonly Tally[], { remarks, total, page, size }: Remarks, titleOf: TitleOf) {
  const rows = [...tallies].sort(
    (one, other) => meanOf(one.stars) - meanOf(other.stars) || sum(other.stars) - sum(one.stars),
  )
  return {
    title: 'Valutazioni',
    overall: overallOf(tallies),
    rows: rows.map((tally) => ({
      ...named(tally.subject, titleOf),
      ...figuresOf(tally.stars),
      reasons: Object.entries(tally.reasons)
        .sort(([, one], [, other]) => other - one)
        .map(([reason, of]) => ({ text: { ...NEGATIVE.reasons, ...POSITIVE.reasons }[reason] ?? reason, of })),
    })),
    remarks: remarks.map(({ subject, stars, text, at }) => ({
      ...named(subject, titleOf),
      stars: `${stars}\u00A0su\u00A05`,
      text,
      at: formatDate(at),
    })),
    pagination: paginationOf(page, pagesOf(total, size), (to) => `/ufficio/valutazioni?pagina=${to}`),
  }
}

/** All answers to each question together: a mean of what is clear and of what is easy would say nothing of either. */
function overallOf(tallies: readonly Tally[]) {
  return [...new Set(Object.values(QUESTIONS))].flatMap((question) => {
    const asked = tallies.filter(({ subject }) => QUESTIONS[subject.kind] === question)
    const stars = STARS.map((_, index) => sum(asked.map((tally) => tally.stars[index] ?? 0)))
    return asked.length === 0 ? [] : { question, ...figuresOf(stars) }
  })
}

/** How many answers, their mean, and how many of each star. */
const figuresOf = (stars: readonly number[]) => ({
  count: sum(stars),
  mean: meanOf(stars).toLocaleString('it', { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  stars: stars.map((of, index) => ({ label: index === 0 ? '1 stella' : `${index + 1} stelle`, of })),
})

const named = ({ kind, id }: Subject, titleOf: TitleOf) => ({
  kind: KINDS[kind],
  name: kind === 'page' ? (pageNamed(id) ?? id) : titleOf(id),
})

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)
const meanOf = (stars: readonly number[]): number =>
  stars.reduce((all, count, index) => all + count * (index + 1), 0) / Math.max(1, sum(stars))
