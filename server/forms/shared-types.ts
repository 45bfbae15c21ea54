import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { isIsoDate, type IsoDate } from '../shared/dates.ts'
import { PLAIN, SchemaValidator } from '../shared/json-schema.ts'
import { TEXT_FORMATS, type DATE_FORMATS } from './formats.ts'

/** The composite types that forms share (`persona`, `indirizzo`…) and the validator that knows them. */
export type SharedTypes = Readonly<{
  /** Takes in a form's schema, compiles it, and answers the key under which it is known. Throws with ajv's reason. */
  add: (schema: object) => string
  /** The schema document with that key. */
  document: (key: string) => unknown
  /** The validator of a part of a document, `key#/allOf/0/if`. */
  validator: (uri: string) => ValidateFunction
}>

/**
 * `schemas` each with an `$id` such as `persona.schema.json`, the name by which forms refer to it.
 * `today` gives the day in Rome, for the formats `data-passata` (today or before) and `data-futura` (today or after).
 */
export function createSharedTypes(schemas: readonly object[], today: () => IsoDate): SharedTypes {
  const ajv = createValidator(today)
  const documents = new Map<string, unknown>()
  for (const schema of schemas) {
    ajv.addSchema(schema, undefined, false, NOT_YET)
    documents.set(keyOf(schema), schema)
  }
  let areTypesSound = false

  function checkTypes(): void {
    if (!areTypesSound) for (const schema of schemas) void ajv.validateSchema(schema, true)
    areTypesSound = true
  }

  function validator(uri: string): ValidateFunction {
    const found = ajv.getSchema(uri)
    if (!found) throw new Error(`no schema at ${uri}`)
    return found
  }

  return {
    add(schema) {
      checkTypes()
      const key = `form-${documents.size}`
      // Without its own $id the schema's base is the key, so `persona.schema.json` means the shared type.
      const anonymous = Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$id'))
      documents.set(key, anonymous)
      ajv.addSchema(anonymous, key)
      validator(key)
      return key
    },
    document: (key) => documents.get(key),
    validator,
  }
}

/** Reads `forms/_types/*.schema.json` below the root of the installation. */
export function readSharedTypes(root: string, today: () => IsoDate): SharedTypes {
  const folder = join(root, 'forms', '_types')
  const names = readdirSync(folder).filter((name) => name.endsWith('.schema.json'))
  return createSharedTypes(
    names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object),
    today,
  )
}

/** Whether they are schemas is asked with the first form: a start that publishes nothing compiles none, and need not know. */
const NOT_YET = false

function createValidator(today: () => IsoDate): SchemaValidator {
  const ajv = new SchemaValidator({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    messages: false,
    code: PLAIN,
  })
  addFormats.default(ajv)
  for (const [name, { valid }] of Object.entries(TEXT_FORMATS)) ajv.addFormat(name, { type: 'string', validate: valid })
  for (const [name, valid] of Object.entries(dateFormats(today)))
    ajv.addFormat(name, { type: 'string', validate: valid, compare })
  ajv.addFormat('euro', { type: 'number', validate: (cents: number) => Number.isSafeInteger(cents) && cents >= 0 })
  return ajv
}

const dateFormats = (today: () => IsoDate): Record<(typeof DATE_FORMATS)[number], (date: string) => boolean> => ({
  date: isIsoDate,
  'data-passata': (date) => isIsoDate(date) && date <= today(),
  'data-futura': (date) => isIsoDate(date) && date >= today(),
})

/** For `formatMinimum` and `formatMaximum`. */
function compare(a: IsoDate, b: IsoDate): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function keyOf(schema: object): string {
  const id = '$id' in schema ? schema.$id : undefined
  if (typeof id !== 'string') throw new Error('A shared type has no $id')
  return id
}
