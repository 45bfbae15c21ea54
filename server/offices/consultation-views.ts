import type { Consultation } from '../history/index.ts'
import { CONSULTATION_MONTHS, officeOf, ROLES, type Municipality, type Role } from '../municipalities/index.ts'
import { formatDateTime, romeDate, romeTime } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { pagesOf, paginationOf } from '../shared/pagination.ts'
import { roleName } from './appointment-views.ts'
import { PAGE_SIZE } from './consultation-service.ts'

const BASE = '/area-personale/consultazioni'

const WHAT: Record<Consultation['what'], string> = {
  filing: 'Ha aperto la pratica',
  document: 'Ha aperto un documento della pratica',
  signatures: 'Ha controllato le firme di un documento',
  bundle: 'Ha scaricato il fascicolo della pratica',
  'register-entry': 'Ha aperto la registrazione di protocollo',
  mandate: 'Ha aperto una procura',
  'mandate-paper': 'Ha aperto un documento della procura',
  'message-log': 'Ha consultato il registro degli accessi con SPID e CIE',
  correction: 'Ha aperto la richiesta di rettifica',
}

type Input = Readonly<{
  keys: readonly string[]
  consultations: readonly Consultation[]
  total: number
  page: number
  tabs: readonly object[]
}>

/**
 * Who looked at a person's data. Office and role, not the name: the person has a right to when and why their data were
 * consulted, not to who did it on the employer's behalf, unless that is needed to exercise their rights (GDPR art. 15; Court
 * of Justice C-579/21, 22 June 2023; the Garante follows it). The name is in the record, and the data-protection officer
 * gives it on a reasoned request.
 */
export function consultationsPage(municipality: Municipality, { keys, consultations, total, page, tabs }: Input) {
  const href = (number: number): string => `${BASE}?pagina=${number}`
  return {
    title: 'Chi ha visto i miei dati',
    tabs,
    dataProtectionOfficer: municipality.dataProtectionOfficer,
    months: municipality.consultationMonths ?? CONSULTATION_MONTHS,
    rows: runsOf(consultations).map((run) => row(municipality, run, keys)),
    pagination: paginationOf(page, pagesOf(total, PAGE_SIZE), href),
  }
}

type Run = Readonly<{ last: Consultation; first: Consultation; times: number }>

/** Looks of one officer at one thing that followed each other on one day: who works on a filing opens it again and again. */
function runsOf(newestFirst: readonly Consultation[]): Run[] {
  const runs: Run[] = []
  for (const one of newestFirst) {
    const run = runs.at(-1)
    if (run && identityOf(run.last) === identityOf(one))
      runs[runs.length - 1] = { ...run, first: one, times: run.times + 1 }
    else runs.push({ last: one, first: one, times: 1 })
  }
  return runs
}

const identityOf = ({ at, by, what, filing, about }: Consultation): string =>
  JSON.stringify([romeDate(at), by.cf, by.role, by.office, what, filing, about])

function row(municipality: Municipality, { last, first, times }: Run, keys: readonly string[]) {
  const { at, by, what, owners, filing, about } = last
  // Who is only named does not learn of whose filing: that is another person's data.
  const own = owners.some((owner) => keys.includes(owner))
  return {
    at,
    date: formatDateTime(at),
    again: times === 1 ? null : `${formatFigure(times)} volte${sinceOf(first.at, at)}`,
    what: WHAT[what],
    about: own ? about : 'Una pratica in cui sei nominato',
    href: own && filing ? `/pratiche/${filing}` : null,
    office: placeOf(municipality, by),
    role: roleName(by.role),
  }
}

/** Looks within one minute need no beginning beside their end. */
function sinceOf(first: Date, last: Date): string {
  const [from, to] = [first, last].map((at) => romeTime(at).slice(0, 5))
  return from === to ? '' : ` dalle ${from}`
}

/** The office is named as it is today; one that was closed keeps its identifier. */
function placeOf(municipality: Municipality, { role, office }: Consultation['by']): string {
  const isOfOffice = Object.hasOwn(ROLES, role) && ROLES[role as Role].of === 'office'
  const known = municipality.offices.some(({ id }) => id === office)
  if (isOfOffice) return known ? officeOf(municipality, office).name : office
  return municipality.name
}
