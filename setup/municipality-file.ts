import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { municipalityDefects, ROLES, type Municipality } from '../server/municipalities/index.ts'
import type { OfficerSource } from '../server/offices/index.ts'
import { isCodiceFiscale } from '../server/shared/italian/index.ts'
import { SetupProblem } from './problem.ts'

const text = { type: 'string', pattern: '\\S' } as const
/** What may be left out; an empty text says that there is none, too. */
const maybeText = { type: 'string' } as const
const list = (items: object) => ({ type: 'array', items })

/** An object with these fields and no other: a name that is mistyped would be a setting that nobody obeys. */
const record = (needed: Readonly<Record<string, object>>, possible: Readonly<Record<string, object>> = {}) => ({
  type: 'object',
  properties: { ...needed, ...possible },
  required: Object.keys(needed),
  additionalProperties: false,
})

const address = record({ street: text, postalCode: text, city: text, province: text })

const office = record(
  {
    id: text,
    name: text,
    address,
    email: text,
    pec: text,
    phone: text,
    hours: text,
    responsible: record({ name: text, role: text }),
  },
  { ipaUnit: maybeText },
)

const notice = record({ status: text, reason: text }, { procedure: text, office: text, from: text, to: text })

const spid = record(
  { profile: text, vat: text, cf: text, phone: text, email: text, website: text },
  { ipaCode: maybeText, validationCertificate: maybeText },
)

const MUNICIPALITY = record(
  {
    id: text,
    name: text,
    ipaCode: text,
    aooCode: text,
    aooName: text,
    registerCode: text,
    belfiore: text,
    istatCode: text,
    cf: text,
    hosts: list(text),
    address,
    phone: text,
    email: text,
    pec: text,
    website: text,
    tagline: text,
    region: text,
    patron: record({ day: text, name: text }),
    offices: list(office),
    substitute: record({ name: text, role: text, pec: text }),
    dataProtectionOfficer: record({ name: text, email: text }),
    accessibilityUrl: text,
  },
  {
    vat: maybeText,
    publicAddress: maybeText,
    services: list(notice),
    consultationMonths: { type: 'integer' },
    union: record({ id: text, name: text }, { spid }),
  },
)

const OFFICERS = list(
  record({
    cf: text,
    givenName: text,
    familyName: text,
    appointments: list(record({ role: { enum: Object.keys(ROLES) } }, { office: maybeText })),
  }),
)

const ajv = new Ajv2020({ allErrors: true, verbose: true })
const isMunicipality = ajv.compile<Municipality>(MUNICIPALITY)
const isOfficers = ajv.compile<readonly OfficerSource[]>(OFFICERS)

/** What a municipality's file says. Throws SetupProblem with one sentence for each mistake. */
export function municipalityIn(file: string, content: unknown): Municipality {
  if (!isMunicipality(content)) throw problem(file, shapeMistakes(isMunicipality.errors))
  const defects = municipalityDefects(content)
  if (defects.length > 0) throw problem(file, defects)
  return content
}

/** Who works there. Throws SetupProblem with one sentence for each mistake. */
export function officersIn(file: string, content: unknown, municipality: Municipality): readonly OfficerSource[] {
  if (!isOfficers(content)) throw problem(file, shapeMistakes(isOfficers.errors))
  const mistakes = content.flatMap((officer, at) => officerMistakes(officer, `[${at}]`, municipality))
  if (mistakes.length > 0) throw problem(file, mistakes)
  return content
}

const problem = (file: string, mistakes: readonly string[]): SetupProblem =>
  new SetupProblem(`«${file}» non si può usare e non ho cambiato niente:\n- ${mistakes.join('\n- ')}`)

function officerMistakes({ cf, appointments }: OfficerSource, at: string, { offices }: Municipality): string[] {
  const ids = offices.map(({ id }) => id)
  const wrong = appointments.flatMap(({ role, office }, index) => {
    const where = `${at}.appointments[${index}].office`
    const isOfOffice = ROLES[role].of === 'office'
    if (isOfOffice && (office === undefined || !ids.includes(office)))
      return [`«${where}» deve essere uno degli uffici del comune (${ids.join(', ')}).`]
    return !isOfOffice && office !== undefined ? [`«${where}» non serve: ${role} vale per tutto il comune.`] : []
  })
  return isCodiceFiscale(cf) ? wrong : [`«${at}.cf» non è un codice fiscale valido (è «${cf}»).`, ...wrong]
}

const shapeMistakes = (errors: readonly ErrorObject[] | null | undefined): string[] => (errors ?? []).map(sentence)

const KINDS: Readonly<Record<string, string>> = {
  string: 'un testo tra virgolette',
  array: 'un elenco tra parentesi quadre',
  object: 'un gruppo di campi tra parentesi graffe',
  integer: 'un numero intero',
}

/** In the way in which JavaScript would write it: `offices[0].email`. */
const placeOf = (pointer: string, name = ''): string =>
  `${pointer}${name && `/${name}`}`
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '')

function sentence({ keyword, instancePath, params, data }: ErrorObject): string {
  const { missingProperty, additionalProperty, type, allowedValues } = params as Readonly<Record<string, unknown>>
  const place = placeOf(instancePath)
  const what = place === '' ? 'Il contenuto del file' : `«${place}»`
  if (keyword === 'required') return `Manca «${placeOf(instancePath, String(missingProperty))}».`
  if (keyword === 'additionalProperties')
    return `«${placeOf(instancePath, String(additionalProperty))}» non è un campo previsto: forse il nome è scritto male.`
  if (keyword === 'pattern') return `${what} è vuoto.`
  if (keyword === 'enum') return `${what} deve essere uno di questi: ${(allowedValues as string[]).join(', ')}.`
  return `${what} deve essere ${KINDS[String(type)] ?? String(type)} (è ${shown(data)}).`
}

const LONGEST_SHOWN = 60

function shown(data: unknown): string {
  const json = JSON.stringify(data)
  return json.length > LONGEST_SHOWN ? `${json.slice(0, LONGEST_SHOWN)}…` : json
}
