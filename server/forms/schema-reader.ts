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

/** A place in a schema document. */
type Place = Readonly<{ document: string; path: string }>

/** What is being read: which value, under which branches. */
type Reading = Readonly<{ target: Declaration; conditions: Condition[] }>

const STRUCTURE = new Set([
  '$ref', '$defs', '$id', '$schema', '$comment', 'properties', 'items', 'required', 'allOf', 'if', 'then', 'else',
  'dependentSchemas', 'dependentRequired', 'unevaluatedProperties',
]) // prettier-ignore

/** Keywords that could be validated but not shown or explained to a person. */
const UNSUPPORTED = [
  'anyOf', 'not', 'patternProperties', 'additionalProperties', 'propertyNames', 'prefixItems', 'contains',
  'minProperties', 'maxProperties', 'unevaluatedItems', '$dynamicRef', 'discriminator',
] // prettier-ignore

/** Reads the schema under that key into a tree of declarations; what the engine cannot honour is added to `defects`. */
export function readSchema(types: SharedTypes, key: string, defects: string[]): Declaration {
  const root = declaration('', '')
  createReader(types, defects)({ document: key, path: '' }, { target: root, conditions: [] })
  return root
}

function declaration(pointer: Pointer, key: string): Declaration {
  return { pointer, key, keywords: {}, children: new Map(), items: null, shownWhen: [], requiredWhen: [] }
}

function createReader(types: SharedTypes, defects: string[]) {
  /** References being followed, so that a type that contains itself ends in a defect and not in a loop. */
  const following: string[] = []

  function read(place: Place, reading: Reading): void {
    const schema = schemaAt(types, place)
    if (!isRecord(schema)) return
    const { target } = reading
    const where = target.pointer || 'the form'
    for (const keyword of UNSUPPORTED) if (keyword in schema) defects.push(`${where}: ${keyword} is not supported`)
    const own = Object.entries(schema).filter(([keyword]) => !STRUCTURE.has(keyword))
    target.keywords = { ...Object.fromEntries(own), ...target.keywords }

    readReference(place, schema, reading)
    readProperties(place, schema, reading)
    readBranches(place, schema, reading)
    readRequired(schema, reading)
  }

  function readReference(place: Place, schema: Record<string, unknown>, reading: Reading): void {
    const reference = schema['$ref']
    if (typeof reference !== 'string') return
    const target = resolve(place, reference)
    const step = `${reading.target.pointer} ${target.document}#${target.path}`
    if (following.includes(step) || following.length > 30) {
      defects.push(`${reading.target.pointer}: ${reference} refers to itself`)
      return
    }
    following.push(step)
    read(target, reading)
    following.pop()
  }

  function readProperties(place: Place, schema: Record<string, unknown>, { target, conditions }: Reading): void {
    for (const key of keysOf(schema['properties'])) {
      if (!isPropertyName(key)) {
        defects.push(`${target.pointer}/${key}: a property's name is a lower-case letter, then letters and digits`)
        continue
      }
      const known = target.children.get(key)
      const inner = known ?? declaration(`${target.pointer}/${key}`, key)
      inner.shownWhen.push(conditions)
      target.children.set(key, inner)
      read(below(place, 'properties', key), { target: inner, conditions })
    }
    if (!isRecord(schema['items'])) return
    target.items ??= declaration(`${target.pointer}/*`, '*')
    read(below(place, 'items'), { target: target.items, conditions })
  }

  function readBranches(place: Place, schema: Record<string, unknown>, reading: Reading): void {
    const { target, conditions } = reading
    const branch = (path: Place, condition: Condition) => read(path, { target, conditions: [...conditions, condition] })

    if ('if' in schema) {
      const condition = conditionAt(below(place, 'if'), target)
      if ('then' in schema) branch(below(place, 'then'), condition)
      if ('else' in schema) branch(below(place, 'else'), negated(condition))
    }
    for (const key of keysOf(schema['dependentSchemas'])) {
      branch(below(place, 'dependentSchemas', key), whenPresent(target.pointer, depthOf(target), key))
    }
    if (!Array.isArray(schema['allOf'])) return
    for (const index of schema['allOf'].keys()) read(below(place, 'allOf', String(index)), reading)
  }

  function readRequired(schema: Record<string, unknown>, { target, conditions }: Reading): void {
    const require = (key: unknown, when: Condition[]) => {
      const inner = target.children.get(String(key))
      if (inner) inner.requiredWhen.push(when)
      if (!inner) defects.push(`${target.pointer}/${String(key)}: required but not declared before`)
    }
    for (const key of arrayOf(schema['required'])) require(key, conditions)
    if (!isRecord(schema['dependentRequired'])) return
    for (const [key, needed] of Object.entries(schema['dependentRequired'])) {
      const present = whenPresent(target.pointer, depthOf(target), key)
      for (const other of arrayOf(needed)) require(other, [...conditions, present])
    }
  }

  function conditionAt(place: Place, target: Declaration): Condition {
    const schema = schemaAt(types, place)
    for (const key of untestedAbsence(schema)) {
      defects.push(
        `${target.pointer || 'the form'}: an "if" tests ${key} without "required", so it holds before the answer`,
      )
    }
    if (isRecord(schema) && '$ref' in schema) defects.push(`${target.pointer || 'the form'}: an "if" cannot be a $ref`)
    const uri = `${place.document}#${encodeURI(place.path)}`
    return {
      depth: depthOf(target),
      holds: (scope) => types.validator(uri)(scope ?? {}) as boolean,
      dependsOn: dependencies(schema, target.pointer),
      simple: simpleTest(schema, target.pointer),
    }
  }

  return read
}

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
  return segmentsOf(path)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (schema, key) =>
        typeof schema === 'object' && schema !== null ? (schema as Record<string, unknown>)[key] : undefined,
      types.document(document),
    )
}
