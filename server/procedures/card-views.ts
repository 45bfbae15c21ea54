import { officeOf, type Municipality, type Office } from '../municipalities/index.ts'
import { addDays, formatDate, formatLongDate, type IsoDate } from '../shared/dates.ts'
import { privacyNotice } from './privacy.ts'
import type { ApplicantKind, Fee, ProcedureVersion } from './procedure.ts'
import { capital, categoryHref, relatedServices, topicItem } from './public-views.ts'
import { serviceState, type Closure } from './service-state.ts'
import { closedTitle, serviceNotice } from './service-state-words.ts'
import { dueDate } from './term.ts'

const APPLICANTS: Record<ApplicantKind, string> = {
  cittadino: 'Cittadino',
  impresa: 'Impresa',
  associazione: 'Associazione',
  professionista: 'Professionista',
}

const LEVELS = {
  1: 'Ti serve un’identità digitale SPID (almeno di livello 1), CIE o CNS.',
  2: 'Ti serve un’identità digitale SPID (almeno di livello 2), CIE o CNS.',
  3: 'Ti serve un’identità digitale SPID di livello 3, CIE di livello 3 o CNS.',
} as const

type Facts = Readonly<{
  municipality: Municipality
  /** The other services, for "Servizi correlati". */
  others: readonly ProcedureVersion[]
  today: IsoDate
  /** `https://servizi.comune…`, for the addresses in the structured data. */
  origin: string
}>

/** Data of `pages/public/card`: every item of the official model, in its order (service-requirements.md A1). */
export function cardPage(procedure: ProcedureVersion, { municipality, others, today, origin }: Facts) {
  const { id, card, term, title } = procedure
  const office = officeOf(municipality, procedure.office)
  const state = serviceState(procedure, municipality, today)
  const active = state.status === 'active'
  const costs = costTexts(procedure)
  return {
    title,
    description: card.description,
    breadcrumb: trail(procedure),
    active,
    // The two words of the official model; the notice says more.
    status: active ? 'Servizio attivo' : 'Servizio non attivo',
    notice: serviceNotice(state),
    card,
    howTo: card.howTo,
    needed: card.needed,
    costs,
    start: active ? `/servizi/${id}/avvia` : null,
    login: LEVELS[procedure.login.level],
    term: {
      days: term.days,
      due: active ? formatLongDate(answerBy(procedure, today)) : null,
      silence: term.silence,
      law: term.law,
    },
    index: indexOf({ costs: costs.length > 0, more: hasMore(procedure) }),
    more: hasMore(procedure),
    legalBasis: procedure.legalBasis,
    conditionsHref: `/servizi/${id}/condizioni`,
    office,
    bookingHref: `/contatti#ufficio-${office.id}`,
    substitute: municipality.substitute,
    topics: procedure.topics.map(topicItem),
    updatedAt: formatDate(card.updatedAt),
    related: relatedServices(procedure, others),
    structuredData: structuredData(procedure, { municipality, office, origin, active }),
  }
}

/** Data of `pages/public/closed`: what stands where a request would begin. */
export function closedPage({ id, title, office }: ProcedureVersion, municipality: Municipality, closure: Closure) {
  return {
    title: `${closedTitle(closure)} - ${title}`,
    heading: title,
    breadcrumb: [{ text: 'Servizi', href: '/servizi' }, { text: title, href: `/servizi/${id}` }, { text: 'Richiesta' }],
    notice: serviceNotice(closure),
    cardHref: `/servizi/${id}`,
    office: officeOf(municipality, office),
  }
}

/** Data of `pages/public/conditions`: what one accepts and declares by using the service, and the privacy notice. */
export function conditionsPage(procedure: ProcedureVersion, municipality: Municipality) {
  return {
    title: `Condizioni di servizio - ${procedure.title}`,
    heading: 'Condizioni di servizio',
    breadcrumb: [
      ...trail(procedure).slice(0, -1),
      { text: procedure.title, href: `/servizi/${procedure.id}` },
      { text: 'Condizioni di servizio' },
    ],
    procedureTitle: procedure.title,
    conditions: procedure.card.conditions,
    declarations: procedure.declarations,
    signature: procedure.signature,
    privacy: privacyNotice(procedure, municipality),
  }
}

const trail = ({ category, title }: ProcedureVersion) => [
  { text: 'Servizi', href: '/servizi' },
  { text: capital(category), href: categoryHref(category) },
  { text: title },
]

/** The last day for the answer to a request sent today: people ask for a date, not for a number of days (C.SE.1.10). */
const answerBy = ({ term }: ProcedureVersion, today: IsoDate): IsoDate =>
  dueDate({ start: today, term: { days: term.days }, events: [] }) ?? addDays(today, term.days)

const hasMore = ({ card, legalBasis }: ProcedureVersion): boolean =>
  card.specialCases.length + card.moreInformation.length + legalBasis.length > 0

/** Headings as the conformity check compares them, case included. */
function indexOf({ costs, more }: { costs: boolean; more: boolean }) {
  return [
    { href: '#a-chi-e-rivolto', text: 'A chi è rivolto' },
    { href: '#come-fare', text: 'Come fare' },
    { href: '#cosa-serve', text: 'Cosa serve' },
    { href: '#cosa-si-ottiene', text: 'Cosa si ottiene' },
    { href: '#tempi-e-scadenze', text: 'Tempi e scadenze' },
    ...(costs ? [{ href: '#quanto-costa', text: 'Quanto costa' }] : []),
    { href: '#accedi-al-servizio', text: 'Accedi al servizio' },
    ...(more ? [{ href: '#ulteriori-informazioni', text: 'Ulteriori informazioni' }] : []),
    { href: '#condizioni-di-servizio', text: 'Condizioni di servizio' },
    { href: '#contatti', text: 'Contatti' },
  ]
}

const euro = new Intl.NumberFormat('it-IT', { style: 'currency', currency: 'EUR' })

/** As the office words them; else what the procedure knows of fees and stamp duty. */
function costTexts(procedure: ProcedureVersion): string[] {
  const { card, fees, stampDuty } = procedure
  if (card.costs.length > 0) return [...card.costs]
  return [...fees.map(feeText), ...(stampDuty.due ? [stampText(procedure)] : [])]
}

const feeText = ({ text, cents }: Fee): string => (cents === undefined ? text : `${text}: ${euro.format(cents / 100)}`)

const stampText = ({ stampDuty: { text, cents } }: ProcedureVersion): string =>
  cents === undefined ? text : `${text}: ${euro.format(cents / 100)}`

type Place = { municipality: Municipality; office: Office; origin: string; active: boolean }

/**
 * The card for machines (R.SI.1.1), schema.org GovernmentService: all ten strings that the conformity check reads.
 * The result goes into a `<script>` element: `<` is escaped so that no text can end it.
 */
function structuredData(procedure: ProcedureVersion, { municipality, office, origin, active }: Place): string {
  const { id, title, category, applicants } = procedure
  const address = {
    '@type': 'PostalAddress',
    streetAddress: office.address.street,
    postalCode: office.address.postalCode,
    addressLocality: office.address.city,
  }
  const data = {
    '@context': 'https://schema.org',
    '@type': 'GovernmentService',
    name: title,
    serviceType: capital(category),
    serviceOperator: { '@type': 'GovernmentOrganization', name: municipality.name },
    areaServed: { '@type': 'AdministrativeArea', name: municipality.name },
    audience: { '@type': 'Audience', audienceType: applicants.map((kind) => APPLICANTS[kind]).join(', ') },
    availableChannel: {
      '@type': 'ServiceChannel',
      name: active ? 'Servizio online e sportello' : 'Sportello',
      serviceUrl: active ? `${origin}/servizi/${id}/avvia` : `${origin}/servizi/${id}`,
      availableLanguage: { '@type': 'Language', name: 'Italian', alternateName: 'it' },
      serviceLocation: { '@type': 'Place', name: office.name, address },
    },
  }
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}
