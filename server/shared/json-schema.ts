import type { ValidateFunction } from 'ajv'
import { Ajv2020, type Options } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** To tidy the code that it writes takes ajv a third of the time and saves none when that runs. */
export const PLAIN = { optimize: false }

/** Knows what a schema may be, by the meta-schema of JSON Schema 2020-12: to compile that takes longer than all of a form. */
const ofSchemas = new Ajv2020({ code: PLAIN })
addFormats.default(ofSchemas)

/**
 * A validator of JSON Schema 2020-12 of which there may be many in a process: the meta-schema is compiled once for all of them. As
 * ajv's own, it throws when a schema is none.
 */
export class SchemaValidator extends Ajv2020 {
  constructor(options: Omit<Options, 'meta'>) {
    super({ ...options, meta: false })
  }

  override validateSchema(...asked: Parameters<Ajv2020['validateSchema']>): ReturnType<Ajv2020['validateSchema']> {
    return ofSchemas.validateSchema(...asked)
  }
}

/** The validator of a schema that is part of the code, compiled when it is first asked for: a start needs few. */
export function ownSchema<Value>(schema: object, options: Omit<Options, 'meta'>): () => ValidateFunction<Value> {
  let compiled: ValidateFunction<Value> | undefined
  return () => (compiled ??= validatorOf(options).compile<Value>(schema))
}

function validatorOf(options: Omit<Options, 'meta'>): SchemaValidator {
  const ajv = new SchemaValidator({ code: PLAIN, ...options })
  addFormats.default(ajv)
  return ajv
}
