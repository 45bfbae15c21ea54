import { AppError } from '../errors.ts'
import { isCodiceFiscale, isCodiceFiscaleEnte, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import { isIsoDate, typedDate, type IsoDate } from '../shared/dates.ts'
import type { Person } from '../identity/index.ts'
import type { Party } from '../shared/party.ts'
import { hasErrors, lineIn, textIn, type FormBody, type FormErrors } from '../shared/form-body.ts'
import { charactersIn } from '../shared/plain-text.ts'
import type { Scope } from './mandate.ts'

/** Who gives a mandate. */
export type PrincipalKind = 'person' | 'company'
export const PRINCIPALS: readonly PrincipalKind[] = ['person', 'company']

type Titled = Readonly<{ id: string; title: string }>
/** How procedures and filings are called. */
export type Titles = Readonly<{ procedures: readonly Titled[]; filings: readonly Titled[] }>

/** What the form may choose from: the procedures of the municipality, and the filings that the principal sent. */
export type Choices = Readonly<{
  /** `principals`: for whom one may act in it under a mandate. */
  procedures: readonly (Titled & Readonly<{ principals: readonly PrincipalKind[] }>)[]
  filings: readonly Titled[]
  /** There are more filings than these: any of them may be named by its protocol number. */
  more?: boolean
}>

/** Procedures in which one may act for one of these kinds of principal. The form offers no others, and takes no others. */
export const servicesFor = ({ procedures }: Choices, ...kinds: readonly PrincipalKind[]): Choices['procedures'] =>
  procedures.filter(({ principals }) => principals.some((kind) => kinds.includes(kind)))

export type Asked = Readonly<{ other: Party; scope: Scope; from: IsoDate; to: IsoDate }>

const NAME_LENGTH = 100

/**
 * The company's code as typed; else that of the company whose identity was used (AgID Avviso 18 v2), unless it is the
 * person's own: a professional's would stand where the company's belongs.
 */
export const companyCodeOf = (body: FormBody, { company, cf }: Person): string =>
  textIn(body, 'cfImpresa') || (company && company.cf !== cf ? (company.cf ?? '') : '')

/** The values of ticked boxes. */
export function listOf(body: FormBody, name: string): string[] {
  return [body[name]].flat().filter((value): value is string => typeof value === 'string')
}

type Frame = Readonly<{ choices: Choices; today: IsoDate; own: string | null; principal: PrincipalKind }>

/**
 * The other party, the scope and the period of a mandate as the form says them; `errors` is empty exactly when
 * `asked` is there. `own` is the tax code of whoever fills it in: nobody gives a mandate to themselves; `principal` is
 * who gives it, on whom the services depend.
 */
export function decodeMandate(
  body: FormBody,
  { choices, today, own, principal }: Frame,
): { asked: Asked | null; errors: FormErrors } {
  const party = decodeParty(body, { isCompany: textIn(body, 'chi') === 'impresa', own })
  const scope = decodeScope(body, choices, principal)
  const [from, to] = [typedDate(textIn(body, 'dal')), typedDate(textIn(body, 'al'))]
  const errors = { ...party.errors, ...scope.errors, ...periodErrors(from, to, today) }
  const asked = party.party && scope.scope ? { other: party.party, scope: scope.scope, from, to } : null
  return { asked: hasErrors(errors) ? null : asked, errors }
}

/** The person (`nome`, `cognome`, `codiceFiscale`) or the company (`denominazione`, `cfImpresa`) that a body names. */
export function decodeParty(
  body: FormBody,
  { isCompany, own }: { isCompany: boolean; own: string | null },
): { party: Party | null; errors: FormErrors } {
  const cf = normaliseCodiceFiscale(textIn(body, isCompany ? 'cfImpresa' : 'codiceFiscale'))
  const [givenName, familyName, name] = [lineIn(body, 'nome'), lineIn(body, 'cognome'), lineIn(body, 'denominazione')]
  const errors = isCompany
    ? {
        ...nameError('denominazione', name, 'Scrivi la denominazione.'),
        ...companyCodeError(cf),
      }
    : {
        ...nameError('nome', givenName, 'Scrivi il nome.'),
        ...nameError('cognome', familyName, 'Scrivi il cognome.'),
        ...cfError(cf, own),
      }
  if (hasErrors(errors)) return { party: null, errors }
  return { party: isCompany ? { kind: 'company', name, cf } : { kind: 'person', givenName, familyName, cf }, errors }
}

/** The tax code of the company that a body names (`cfImpresa`). Throws INVALID_INPUT when it is none. */
export function decodeCompanyCode(body: FormBody): string {
  const { party, errors } = decodeParty({ ...body, denominazione: '-' }, { isCompany: true, own: null })
  if (party?.kind === 'company' && party.cf) return party.cf
  throw new AppError('INVALID_INPUT', 'Not the tax code of a company', { explanation: errors['cfImpresa'] ?? '' })
}

function nameError(field: string, value: string, missing: string): FormErrors {
  if (value === '') return { [field]: missing }
  return charactersIn(value) > NAME_LENGTH ? { [field]: `Al massimo ${NAME_LENGTH} caratteri.` } : {}
}

function companyCodeError(cf: string): FormErrors {
  if (cf === '') return { cfImpresa: 'Scrivi il codice fiscale dell’impresa o dell’ente.' }
  return isCodiceFiscaleEnte(cf) || isCodiceFiscale(cf)
    ? {}
    : { cfImpresa: 'Il codice fiscale dell’impresa non è corretto: controlla le cifre.' }
}

function cfError(cf: string, own: string | null): FormErrors {
  if (cf === '') return { codiceFiscale: 'Scrivi il codice fiscale.' }
  if (!isCodiceFiscale(cf))
    return { codiceFiscale: 'Controlla il codice fiscale: sono 16 lettere e cifre, per esempio RSSMRA80A01H501U.' }
  return cf === own ? { codiceFiscale: 'È il tuo codice fiscale: qui serve quello dell’altra persona.' } : {}
}

function decodeScope(
  body: FormBody,
  choices: Choices,
  principal: PrincipalKind,
): { scope: Scope | null; errors: FormErrors } {
  const kind = textIn(body, 'ambito')
  if (kind === 'tutti') return { scope: { kind: 'all' }, errors: {} }
  if (kind === 'servizi') return decodeServices(listOf(body, 'servizi'), choices, principal)
  if (kind === 'pratica') return decodeFiling(body, choices)
  return { scope: null, errors: { ambito: 'Scegli per che cosa vale la delega.' } }
}

/** By its number, which then counts alone, or chosen. */
function decodeFiling(body: FormBody, { filings }: Choices): { scope: Scope | null; errors: FormErrors } {
  const number = textIn(body, 'numero')
  const [meant, another] = number === '' ? filings.filter(({ id }) => id === textIn(body, 'pratica')) : filings
  if (meant && !another) return { scope: { kind: 'filing', filing: meant.id }, errors: {} }
  if (number === '') return { scope: null, errors: { pratica: 'Scegli una pratica.' } }
  return {
    scope: null,
    errors: {
      numero: another
        ? 'Hai inviato più pratiche con questo numero: aggiungi l’anno, per esempio 12/2026.'
        : 'Tra quelle che hai inviato nessuna pratica ha questo numero: è sulla ricevuta, per esempio 0000012/2026.',
    },
  }
}

function decodeServices(
  chosen: readonly string[],
  choices: Choices,
  principal: PrincipalKind,
): { scope: Scope | null; errors: FormErrors } {
  const fitting = servicesFor(choices, principal).map(({ id }) => id)
  const unfit = choices.procedures.filter(({ id }) => chosen.includes(id) && !fitting.includes(id))
  if (unfit.length > 0) return { scope: null, errors: { servizi: unfitError(principal, unfit) } }
  const procedures = chosen.filter((id) => fitting.includes(id))
  if (procedures.length > 0) return { scope: { kind: 'procedures', procedures }, errors: {} }
  return { scope: null, errors: { servizi: 'Scegli almeno un servizio.' } }
}

const unfitError = (principal: PrincipalKind, services: readonly Titled[]): string =>
  `Per ${principal === 'company' ? 'un’impresa' : 'una persona'} non si può agire in ${services.map(({ title }) => `«${title}»`).join(', ')}: togli la scelta.`

function periodErrors(from: string, to: string, today: IsoDate): FormErrors {
  const last = lastDayError(to, from, today)
  return {
    ...(!isIsoDate(from) && { dal: 'Scrivi da che giorno vale.' }),
    ...(last !== null && { al: last }),
  }
}

function lastDayError(to: string, from: string, today: IsoDate): string | null {
  if (!isIsoDate(to)) return 'Scrivi fino a che giorno vale.'
  if (to < today) return 'Questo giorno è già passato.'
  return isIsoDate(from) && to < from ? 'L’ultimo giorno viene prima del primo.' : null
}
