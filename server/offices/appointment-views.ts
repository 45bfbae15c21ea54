import { mayInHouse, officeOf, ROLES, type Municipality, type Role } from '../municipalities/index.ts'
import { formatDate, formatDateTime, withDay } from '../shared/dates.ts'
import type { Author } from '../shared/party.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { mayGive, type EndingForm, type GivingForm } from './appointing.ts'
import { holds, isOpen, type HeldAppointment } from './appointment.ts'
import type { HouseVisit } from './desk-access-routes.ts'
import { deskFrame } from './desk-views.ts'

const BASE = '/ufficio/incarichi'
const BACK = { href: BASE, text: 'Torna agli incarichi' }

const frame = ({ municipality, desk }: HouseVisit) => deskFrame(municipality, desk, 'incarichi')

export const roleName = (role: string): string => (Object.hasOwn(ROLES, role) ? ROLES[role as Role].name : role)

/** Where a role holds, in words. */
function placeName(municipality: Municipality, { role, office }: Pick<HeldAppointment, 'role' | 'office'>): string {
  if (office !== null) return officeOf(municipality, office).name
  return ROLES[role].of === 'union' ? (municipality.union?.name ?? '') : municipality.name
}

type Search = Readonly<{ cf: string; valid: boolean }>

/** Everybody who has or had a role, those with one first; `search` is a tax code that nobody of them has. */
export function officersPage(at: HouseVisit, all: readonly HeldAppointment[], now: Date, search?: Search) {
  const people = [...new Set(all.map(({ cf }) => cf))].map((cf) => personRow(at, all, { cf, now }))
  return {
    ...frame(at),
    title: search?.valid === false ? 'Errore: Incarichi' : 'Incarichi',
    mayAppoint: mayInHouse(at.desk.actor.appointments, 'appoint'),
    give: `${BASE}/nuovo`,
    asked: search?.cf ?? '',
    ...shownErrors(search?.valid === false ? { cf: 'Scrivi un codice fiscale valido, 16 caratteri.' } : {}),
    unknown: search?.valid === true,
    rows: people.sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name, 'it')),
  }
}

function personRow(
  { municipality }: HouseVisit,
  all: readonly HeldAppointment[],
  { cf, now }: { cf: string; now: Date },
) {
  const held = all.filter((one) => one.cf === cf)
  const current = held.filter((one) => holds(one, now))
  return {
    href: `${BASE}/${held[0]?.id ?? ''}`,
    name: nameOf(held.at(-1)),
    cf,
    active: current.length > 0,
    roles: current.map((one) => ({ role: roleName(one.role), place: placeName(municipality, one) })),
  }
}

const nameOf = (one: HeldAppointment | undefined): string => (one ? `${one.familyName} ${one.givenName}` : '')

/** One officer: what they hold, and the whole history of it. */
export function officerPage(at: HouseVisit, held: readonly HeldAppointment[], now: Date) {
  const { appointments } = at.desk.actor
  const id = held[0]?.id ?? ''
  const last = held.at(-1)
  return {
    ...frame(at),
    back: BACK,
    title: last ? `${last.givenName} ${last.familyName}` : '',
    cf: last?.cf,
    give: mayInHouse(appointments, 'appoint') && last?.cf !== at.desk.actor.cf ? `${BASE}/nuovo?persona=${id}` : null,
    rows: [...held].reverse().map((one) => ({
      role: roleName(one.role),
      place: placeName(at.municipality, one),
      days: daysOf(one),
      state: stateOf(one, now),
      given: `${formatDateTime(one.at)}, ${authorName(one.by)}`,
      reason: one.reason,
      ended: one.ended && `${formatDateTime(one.ended.at)}, ${authorName(one.ended.by)}`,
      endReason: one.ended?.reason ?? null,
      end: isOpen(one, now) && mayGive(appointments, one.role) ? `${BASE}/${id}/termina/${one.id}` : null,
    })),
  }
}

function daysOf({ from, to, ended }: HeldAppointment): string {
  const last = ended ? (ended.lastDay ?? ended.at) : to
  return last === null
    ? withDay('dal', formatDate(from))
    : `${withDay('dal', formatDate(from))} ${withDay('al', formatDate(last))}`
}

function stateOf(one: HeldAppointment, now: Date) {
  if (holds(one, now)) return { label: 'In corso', tone: 'success' as const }
  return isOpen(one, now)
    ? { label: 'Non ancora iniziato', tone: 'waiting' as const }
    : { label: 'Terminato', tone: 'neutral' as const }
}

const authorName = (by: Author): string => (by.kind === 'officer' ? `${by.name} (${roleName(by.role)})` : by.name)

/** The form by which a role is given: only roles that this person may give. */
export function givingPage(at: HouseVisit, form: GivingForm, errors: FormErrors) {
  const { municipality, desk } = at
  const roles = (Object.keys(ROLES) as Role[]).filter(
    (role) => mayGive(desk.actor.appointments, role) && (ROLES[role].of !== 'union' || municipality.union),
  )
  return {
    ...frame(at),
    ...shownErrors(errors),
    back: BACK,
    title: hasErrors(errors) ? 'Errore: Dai un incarico' : 'Dai un incarico',
    heading: 'Dai un incarico',
    action: `${BASE}/nuovo`,
    form,
    roles: roles.map((role) => ({ value: role, text: ROLES[role].name, selected: role === form.ruolo })),
    offices: municipality.offices.map(({ id, name }) => ({ value: id, text: name, selected: id === form.ufficio })),
  }
}

export function endingPage(at: HouseVisit, one: HeldAppointment, form: EndingForm, errors: FormErrors) {
  const heading = `Termina l’incarico di ${one.givenName} ${one.familyName}`
  return {
    ...frame(at),
    ...shownErrors(errors),
    back: BACK,
    title: hasErrors(errors) ? `Errore: ${heading}` : heading,
    heading,
    role: roleName(one.role),
    place: placeName(at.municipality, one),
    days: daysOf(one),
    form,
  }
}
