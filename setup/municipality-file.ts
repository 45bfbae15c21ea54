import type { ErrorObject } from 'ajv'
import {
  list,
  maybeText,
  municipalityDefects,
  MUNICIPALITY_SHAPE,
  record,
  ROLES,
  text,
  type Municipality,
} from '../server/municipalities/index.ts'
import type { OfficerSource } from '../server/offices/index.ts'
import { isCodiceFiscale } from '../server/shared/italian/index.ts'
import { SchemaValidator } from '../server/shared/json-schema.ts'
import { SetupProblem } from './problem.ts'

const OFFICERS = list(
  record({
    cf: text,
    givenName: text,
    familyName: text,
    appointments: list(record({ role: { enum: Object.keys(ROLES) } }, { office: maybeText })),
  }),
)

const ajv = new SchemaValidator({ allErrors: true, verbose: true })
const isMunicipality = ajv.compile<Municipality>(MUNICIPALITY_SHAPE)
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
