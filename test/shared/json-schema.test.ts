import { expect } from 'chai'
import procedureSchema from '../../server/procedures/procedure.schema.json' with { type: 'json' }
import { SchemaValidator } from '../../server/shared/json-schema.ts'

describe('a validator of JSON Schema', () => {
  it('takes no schema that breaks the rules of schemas, at whatever depth, and says where', () => {
    const compile = (schema: object) => () => new SchemaValidator({ strict: true }).compile(schema)
    expect(compile({ type: 'object', properties: { name: { minLength: '3' } } })).to.throw(
      'schema is invalid: data/properties/name/minLength must be integer',
    )
    expect(compile({ $schema: 'https://json-schema.org/draft/2020-12/schema', required: 'name' })).to.throw(
      'data/required must be array',
    )
    expect(compile({ type: 'string', pattern: '(' })).to.throw('Invalid regular expression')
    expect(compile({ type: 'string', minLength: 3 })).not.to.throw()
  })

  it('takes ours of a procedure, which is not asked again when it is used', () => {
    expect(() => new SchemaValidator({ strict: false }).validateSchema(procedureSchema, true)).not.to.throw()
  })
})
