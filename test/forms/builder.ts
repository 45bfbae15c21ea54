import { compileForm, type Form, type Rules, type Ui, type UiField } from '../../server/forms/index.ts'
import { types } from './all-widgets.ts'

type Properties = Readonly<Record<string, object>>

type Parts = Readonly<{
  required?: readonly string[]
  allOf?: readonly object[]
  keywords?: object
  /** Steps as lists of property names; one step with everything by default. */
  steps?: Readonly<Record<string, readonly string[]>>
  ui?: Readonly<Record<string, UiField>>
  rules?: Rules
}>

/** A small form about one thing. */
export function formWith(
  properties: Properties,
  { required = [], allOf = [], keywords = {}, steps, ui = {}, rules }: Parts = {},
): Form {
  const schema = {
    title: 'Prova',
    type: 'object',
    properties,
    required,
    ...(allOf.length > 0 ? { allOf } : {}),
    unevaluatedProperties: false,
    ...keywords,
  }
  const asked = steps ?? { passo: Object.keys(properties) }
  const companion: Ui = {
    steps: Object.entries(asked).map(([id, names]) => ({ id, title: id, fields: names.map((name) => `/${name}`) })),
    fields: ui,
  }
  return compileForm({ id: 'prova', version: 1, schema, ui: companion, ...(rules ? { rules } : {}) }, types)
}

export const text = (title: string, more: object = {}) => ({ title, type: 'string', maxLength: 100, ...more })

/** A branch of the schema: these properties apply, and are required, when `field` has that value. */
export const when = (field: string, value: unknown, properties: Properties) => ({
  if: { properties: { [field]: { const: value } }, required: [field] },
  then: { properties, required: Object.keys(properties) },
})
