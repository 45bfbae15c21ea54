import type { Municipality } from '../municipalities/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { ProcedureVersion } from './procedure.ts'
import { searchServices, slug, type Search } from './service-search.ts'
import { serviceState } from './service-state.ts'
import { shortState } from './service-state-words.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'

/** Cards on one page of the list: the conformity check counts ten at least behind the first page link (C.SI.1.3). */
const PAGE_SIZE = 20
const FEATURED = 6

type ServiceItem = Readonly<{
  href: string
  title: string
  category: string
  text: string
  online: boolean
  closed: string | null
}>
type ServiceLink = Pick<ServiceItem, 'href' | 'title'>
type CategoryItem = Readonly<{ text: string; href: string; count: string; current: boolean }>

/** Where and when services are listed: their state follows from it. */
type Place = Readonly<{ municipality: Municipality; today: IsoDate }>

/** Data of `pages/public/home`. */
export function homePage(procedures: readonly ProcedureVersion[], place: Place) {
  return {
    title: 'Servizi online',
    description: `Richiedi online i servizi del ${place.municipality.name}, segui le tue pratiche e ricevi le risposte dell’ufficio.`,
    featured: byTitle(procedures).slice(0, FEATURED).map(serviceItem(place)),
    categories: categoryItems(procedures),
    count: procedures.length,
  }
}

export type ListQuery = Search & Readonly<{ page?: number }>

/** Data of `pages/public/services`: what was found, how it was narrowed, and how to widen it again. */
export function servicesPage(procedures: readonly ProcedureVersion[], query: ListQuery, place: Place) {
  const found = searchServices(procedures, query)
  const pages = pagesOf(found.length, PAGE_SIZE)
  const page = Math.min(Math.max(1, query.page ?? 1), pages)
  const subject = subjectOf(procedures, query)
  return {
    title: subject ?? 'Servizi',
    heading: subject ?? 'Servizi',
    breadcrumb: subject ? [{ text: 'Servizi', href: '/servizi' }, { text: subject }] : [{ text: 'Servizi' }],
    words: query.words ?? '',
    narrowed: { category: query.category, topic: query.topic },
    found: foundText(found.length, query.words),
    services: found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(serviceItem(place)),
    empty: found.length === 0,
    categories: categoryItems(procedures, query.category),
    all: [query.words, query.category, query.topic].some(Boolean),
    pagination: pagination(query, page, pages),
  }
}

/** Name of the category or topic to which the list is narrowed, if there is such a one. */
function subjectOf(procedures: readonly ProcedureVersion[], { category, topic }: ListQuery): string | undefined {
  const narrowed = procedures.find((procedure) => slug(procedure.category) === category)
  if (narrowed) return capital(narrowed.category)
  return procedures.flatMap(({ topics }) => topics).find((name) => slug(name) === topic)
}

/** Data of `pages/public/topics`: every topic of the vocabulary that a service has. */
export function topicsPage(procedures: readonly ProcedureVersion[]) {
  const topics = [...new Set(procedures.flatMap((procedure) => procedure.topics))].sort((a, b) =>
    a.localeCompare(b, 'it'),
  )
  return { title: 'Argomenti', breadcrumb: [{ text: 'Argomenti' }], topics: topics.map(topicItem) }
}

/** Data of `pages/public/contacts`: whom to write to, call, or visit. */
export function contactsPage(municipality: Municipality) {
  return {
    title: 'Contatti e appuntamenti',
    breadcrumb: [{ text: 'Contatti e appuntamenti' }],
    municipality,
    offices: municipality.offices,
  }
}

const serviceLink = ({ id, title }: ProcedureVersion): ServiceLink => ({ href: `/servizi/${id}`, title })

const serviceItem =
  ({ municipality, today }: Place) =>
  (procedure: ProcedureVersion): ServiceItem => {
    const state = serviceState(procedure, municipality, today)
    return {
      ...serviceLink(procedure),
      category: capital(procedure.category),
      text: procedure.card.description,
      online: state.status === 'active',
      closed: shortState(state),
    }
  }

const RELATED = 3

/** "Servizi correlati": those of the same category, then those that share a topic, most of them first. */
export function relatedServices(
  { id, category, topics }: ProcedureVersion,
  all: readonly ProcedureVersion[],
): ServiceLink[] {
  const kinship = (other: ProcedureVersion): number =>
    (other.category === category ? 100 : 0) + other.topics.filter((topic) => topics.includes(topic)).length
  return all
    .filter((other) => other.id !== id && kinship(other) > 0)
    .sort((a, b) => kinship(b) - kinship(a))
    .slice(0, RELATED)
    .map(serviceLink)
}

export const topicItem = (topic: string) => ({ text: topic, href: `/servizi?argomento=${slug(topic)}` })

/** The official vocabulary is in lower case; a heading begins with a capital. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const categoryHref = (category: string): string => `/servizi?categoria=${slug(category)}`

function categoryItems(procedures: readonly ProcedureVersion[], current?: string): CategoryItem[] {
  const counts = new Map<string, number>()
  for (const { category } of procedures) counts.set(category, (counts.get(category) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, 'it'))
    .map(([text, count]) => ({
      text: capital(text),
      href: categoryHref(text),
      count: count === 1 ? '1 servizio' : `${formatFigure(count)} servizi`,
      current: slug(text) === current,
    }))
}

function foundText(count: number, words: string | undefined): string {
  const what = words ? ` per «${words}»` : ', in ordine alfabetico'
  if (count === 0) return `Nessun servizio trovato${words ? what : ''}`
  return count === 1 ? `1 servizio trovato${words ? what : ''}` : `${formatFigure(count)} servizi trovati${what}`
}

function pagination(query: ListQuery, page: number, pages: number) {
  const href = (number: number): string => {
    const parameters = new URLSearchParams({ pagina: String(number) })
    if (query.words) parameters.set('q', query.words)
    if (query.category) parameters.set('categoria', query.category)
    if (query.topic) parameters.set('argomento', query.topic)
    return `/servizi?${parameters.toString()}`
  }
  return paginationOf(page, pages, href)
}

const byTitle = (procedures: readonly ProcedureVersion[]): ProcedureVersion[] =>
  [...procedures].sort((a, b) => a.title.localeCompare(b.title, 'it'))
