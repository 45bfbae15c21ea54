import type { ValidateFunction } from 'ajv'
import { dependencies, negated, simpleTest, untestedAbsence, whenPresent } from './conditions.ts'
import type { Condition, Pointer } from './form.ts'
import { isPropertyName, isRecord, segmentsOf } from './pointers.ts'
import type { SharedTypes } from './shared-types.ts'

/** What the schema says of one value, gathered from every place that declares it. */
export type Declaration = {
  pointer: Pointer
  key: string
  /** Keywords without structure; where several places speak, the first one counts for the page (all count for validation). */
  keywords: Record<string, unknown>
  children: Map<string, Declaration>
  items: Declaration | null
  shownWhen: Condition[][]
  requiredWhen: Condition[][]
}

type Schema = Record<string, unknown>

/** A place in a schema document. */
type Place = Readonly<{ document: string; path: string }>

type Context = Readonly<{
  types: SharedTypes
  defects: string[]
  /** References being followed, so that a type that contains itself ends in a defect and not in a loop. */
  following: string[]
}>

/** What is being read: which schema, for which value, under which branches. */
type Reading = Readonly<{ place: Place; schema: Schema; target: Declaration; conditions: Condition[] }>

const STRUCTURE = new Set([
  '$ref', '$defs', '$id', '$schema', '$comment', 'properties', 'items', 'required', 'allOf', 'if', 'then', 'else',
  'dependentSchemas', 'dependentRequired', 'unevaluatedProperties',
]) // prettier-ignore

/** Keywords that could be validated but not shown or explained to a person. */
const UNSUPPORTED = [
  'anyOf', 'not', 'patternProperties', 'additionalProperties', 'propertyNames', 'prefixItems', 'contains',
  'minProperties', 'maxProperties', 'unevaluatedItems', '$dynamicRef', 'discriminator',
] // prettier-ignore

const DEEPEST = 30

/** Reads the schema under that key into a tree of declarations; what the engine cannot honour is added to `defects`. */
export function readSchema(types: SharedTypes, key: string, defects: string[]): Declaration {
  const root = declaration('', '')
  read({ types, defects, following: [] }, { document: key, path: '' }, { target: root, conditions: [] })
  return root
}

function declaration(pointer: Pointer, key: string): Declaration {
  return { pointer, key, keywords: {}, children: new Map(), items: null, shownWhen: [], requiredWhen: [] }
}

function read(context: Context, place: Place, { target, conditions }: Pick<Reading, 'target' | 'conditions'>): void {
  const schema = schemaAt(context.types, place)
  if (!isRecord(schema)) return
  const unsupported = UNSUPPORTED.filter((keyword) => Object.hasOwn(schema, keyword))
  context.defects.push(...unsupported.map((keyword) => `${named(target)}: ${keyword} is not supported`))
  const own = Object.entries(schema).filter(([keyword]) => !STRUCTURE.has(keyword))
  target.keywords = { ...Object.fromEntries(own), ...target.keywords }

  const reading = { place, schema, target, conditions }
  readReference(context, reading)
  readProperties(context, reading)
  readBranches(context, reading)
  readRequired(context, reading)
}

function readReference(context: Context, { place, schema, target, conditions }: Reading): void {
  const reference = schema['$ref']
  if (typeof reference !== 'string') return
  const to = resolve(place, reference)
  const step = `${target.pointer} ${to.document}#${to.path}`
  if (context.following.includes(step) || context.following.length > DEEPEST) {
    context.defects.push(`${named(target)}: ${reference} refers to itself`)
    return
  }
  read({ ...context, following: [...context.following, step] }, to, { target, conditions })
}

function readProperties(context: Context, { place, schema, target, conditions }: Reading): void {
  for (const key of keysOf(schema['properties'])) {
    if (!isPropertyName(key)) {
      context.defects.push(
        `${target.pointer}/${key}: a property's name is a lower-case letter, then letters and digits`,
      )
      continue
    }
    const inner = target.children.get(key) ?? declaration(`${target.pointer}/${key}`, key)
    inner.shownWhen.push(conditions)
    target.children.set(key, inner)
    read(context, below(place, 'properties', key), { target: inner, conditions })
  }
  if (!isRecord(schema['items'])) return
  target.items ??= declaration(`${target.pointer}/*`, '*')
  read(context, below(place, 'items'), { target: target.items, conditions })
}

function readBranches(context: Context, { place, schema, target, conditions }: Reading): void {
  const branch = (path: Place, condition: Condition) =>
    read(context, path, { target, conditions: [...conditions, condition] })

  if ('if' in schema) {
    const condition = conditionAt(context, below(place, 'if'), target)
    if ('then' in schema) branch(below(place, 'then'), condition)
    if ('else' in schema) branch(below(place, 'else'), negated(condition))
  }
  for (const key of keysOf(schema['dependentSchemas'])) {
    branch(below(place, 'dependentSchemas', key), whenPresent(target.pointer, depthOf(target), key))
  }
  for (const index of arrayOf(schema['allOf']).keys()) {
    read(context, below(place, 'allOf', String(index)), { target, conditions })
  }
}

function readRequired({ defects }: Context, { schema, target, conditions }: Reading): void {
  const require = (key: unknown, when: Condition[]) => {
    const inner = target.children.get(String(key))
    if (inner) inner.requiredWhen.push(when)
    if (!inner) defects.push(`${target.pointer}/${String(key)}: required but not declared before`)
  }
  for (const key of arrayOf(schema['required'])) require(key, conditions)
  for (const key of keysOf(schema['dependentRequired'])) {
    const needed = (schema['dependentRequired'] as Schema)[key]
    const present = whenPresent(target.pointer, depthOf(target), key)
    for (const other of arrayOf(needed)) require(other, [...conditions, present])
  }
}

function conditionAt({ types, defects }: Context, place: Place, target: Declaration): Condition {
  const schema = schemaAt(types, place)
  const untested = untestedAbsence(schema)
  defects.push(
    ...untested.map(
      (key) => `${named(target)}: an "if" tests ${key} without "required", so it holds before the answer`,
    ),
  )
  if (isRecord(schema) && '$ref' in schema) defects.push(`${named(target)}: an "if" cannot be a $ref`)
  return {
    depth: depthOf(target),
    holds: tester(types, place),
    dependsOn: dependencies(schema, target.pointer),
    simple: simpleTest(schema, target.pointer),
  }
}

/** Compiled when first needed: a form has many branches and most people meet few of them. */
function tester(types: SharedTypes, { document, path }: Place): (scope: unknown) => boolean {
  let validate: ValidateFunction | undefined
  return (scope) => {
    validate ??= types.validator(`${document}#${encodeURI(path)}`)
    return validate(scope ?? {})
  }
}

const named = ({ pointer }: Declaration): string => pointer || 'the form'

const depthOf = ({ pointer }: Declaration): number => segmentsOf(pointer).length

const keysOf = (value: unknown): string[] => (isRecord(value) ? Object.keys(value) : [])

const arrayOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const below = ({ document, path }: Place, ...keys: string[]): Place => ({
  document,
  path: [path, ...keys.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/'),
})

/** `#/$defs/x` in the same document, `persona.schema.json` or a part of it. */
function resolve({ document }: Place, reference: string): Place {
  const [file = '', path = ''] = reference.split('#')
  return { document: file === '' ? document : file, path: decodeURIComponent(path) }
}

function schemaAt(types: SharedTypes, { document, path }: Place): unknown {
  const keys = segmentsOf(path).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
  return keys.reduce<unknown>(
    (schema, key) => (typeof schema === 'object' && schema !== null ? (schema as Schema)[key] : undefined),
    types.document(document),
  )
}
