import type { Answers, Field, Form, PrefillFacts } from './form.ts'
import { isShown } from './conditions.ts'
import { TEXT_FORMATS } from './formats.ts'
import { valueAt, withValue } from './pointers.ts'

/** What a login can tell of a person (SPID attributes, AgID technical rules; CIE gives the first four at least). */
const IDENTITY_FACTS = [
  'fiscalNumber',
  'name',
  'familyName',
  'dateOfBirth',
  'placeOfBirth',
  'countyOfBirth',
  'gender',
  'email',
  'mobilePhone',
  'digitalAddress',
  'domicileStreetAddress',
  'domicilePostalCode',
  'domicileMunicipality',
  'domicileProvince',
  'domicileNation',
  'companyName',
  'companyFiscalNumber',
  'ivaCode',
  'registeredOffice',
].map((attribute) => `identity.${attribute}`)

/** What is known before the first step: the login, how the person acts, for whom, and where. */
export const PREFILL_FACTS: readonly string[] = [
  ...IDENTITY_FACTS,
  'acting.profile',
  'acting.proof',
  'principal.name',
  'principal.familyName',
  'principal.fiscalNumber',
  'principal.companyName',
  'principal.companyFiscalNumber',
  'municipality.population',
]

/**
 * The first answers of a draft: the schema's defaults, then what is known of the person. Applied once, when the draft
 * is created, so that later changes by the person stay.
 */
export function prefill(form: Form, facts: PrefillFacts): Answers {
  const fields = askedOnce(form)
  const defaults = fields.reduce<Answers>(
    (answers, { pointer, schema }) => ('default' in schema ? withValue(answers, pointer, schema['default']) : answers),
    {},
  )
  return fields.reduce((answers, field) => withFact(field, facts, answers), defaults)
}

/** The locked answers as the identity gives them now, whatever the draft holds: call it before a filing is submitted. */
export function applyLocked(form: Form, answers: Answers, facts: PrefillFacts): Answers {
  return askedOnce(form)
    .filter((field) => field.ui.lock === true && isShown(field, field.pointer, answers))
    .reduce((current, field) => withFact(field, facts, current), answers)
}

/**
 * The form as this person meets it: a field stays locked only if its fact is known, otherwise nobody could fill it
 * (CIE gives no e-mail, a foreign person has no tax code). Without this call every locked field stays locked.
 */
export function forPerson(form: Form, facts: PrefillFacts): Form {
  const known = (pointer: string) => factFor(form.fields.get(pointer), facts) !== undefined
  return { ...form, locked: new Set([...form.locked].filter(known)) }
}

/** What the person left or wrote where the form offers them this fact; undefined where it asks for none, or they wrote nothing. */
export function answeredFact(form: Form, fact: string, answers: Answers): string | undefined {
  const field = askedOnce(form).find((one) => one.ui.prefill === fact && isShown(one, one.pointer, answers))
  const answer = field && valueAt(answers, field.pointer)
  return typeof answer === 'string' && answer !== '' ? answer : undefined
}

const askedOnce = (form: Form): Field[] => [...form.fields.values()].filter(({ pointer }) => !pointer.includes('/*'))

const factFor = (field: Field | undefined, facts: PrefillFacts): string | undefined => {
  const name = field?.ui.prefill
  return name !== undefined && Object.hasOwn(facts, name) && facts[name] !== '' ? facts[name] : undefined
}

function withFact(field: Field, facts: PrefillFacts, answers: Answers): Answers {
  const fact = factFor(field, facts)
  if (fact === undefined) return answers
  const normalise = TEXT_FORMATS[field.format ?? '']?.normalise
  return withValue(answers, field.pointer, normalise ? normalise(fact) : fact)
}
