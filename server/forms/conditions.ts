import type { Answers, Condition, Field, Pointer, When } from './form.ts'
import { child, isRecord, valueAt } from './pointers.ts'

/** True while nothing hides the field: the base schema, or a branch that applies, declares it. */
export const isShown = (field: Field, pointer: Pointer, answers: Answers): boolean =>
  applies(field.shownWhen, pointer, answers)

/** True when the schema asks for the field with these answers. */
export const isRequired = (field: Field, pointer: Pointer, answers: Answers): boolean =>
  applies(field.requiredWhen, pointer, answers)

/** The same for a field that is still hidden: would it be required once it is shown? */
export function isRequiredOnceShown(field: Field, pointer: Pointer, answers: Answers): boolean {
  return applies(without(field.requiredWhen, field.shownWhen), pointer, answers)
}

/** The conditions of a field without those that its group already has. */
export const ownConditions = (field: Field, group: Field | undefined): When =>
  without(field.shownWhen, group?.shownWhen ?? [])

export function applies(when: When, pointer: Pointer, answers: Answers): boolean {
  return when.some((all) => all.every(({ depth, holds }) => holds(valueAt(answers, pointer, depth))))
}

const ALWAYS: When = [[]]

function without(when: When, settled: When): When {
  // Most fields are always there: no condition to take away.
  if (when.some((all) => all.length === 0)) return ALWAYS
  // A group that is always there adds no condition, even where a branch that adds fields to it names it again.
  if (settled.some((all) => all.length === 0)) return when
  const known = new Set(settled.flat())
  return when.map((all) => all.filter((condition) => !known.has(condition)))
}

/** `dependentSchemas` and `dependentRequired`: the property is there. */
export const whenPresent = (owner: Pointer, depth: number, key: string): Condition => ({
  depth,
  holds: (scope) => child(scope, key) !== undefined,
  dependsOn: [`${owner}/${key}`],
  simple: null,
})

/** The condition of the `else` branch. */
export const negated = (condition: Condition): Condition => ({
  ...condition,
  holds: (scope) => !condition.holds(scope),
  simple: null,
})

/** Every answer that an `if` looks at, as pointers below the object that it tests. */
export function dependencies(schema: unknown, owner: Pointer): Pointer[] {
  if (!isRecord(schema)) return []
  const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {})
  const below = properties.flatMap(([key, inner]) => {
    const deeper = dependencies(inner, `${owner}/${key}`)
    return deeper.length > 0 ? deeper : [`${owner}/${key}`]
  })
  const required = strings(schema['required']).map((key) => `${owner}/${key}`)
  return [
    ...below,
    ...required.filter((pointer) => !below.some((other) => other.startsWith(pointer))),
    ...nested(schema).flatMap((inner) => dependencies(inner, owner)),
  ]
}

/**
 * Properties that an `if` tests without asking that they are there. JSON Schema lets an absent property pass, so the
 * branch would apply before the person has answered.
 */
export function untestedAbsence(schema: unknown): string[] {
  if (!isRecord(schema)) return []
  const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {})
  const required = strings(schema['required'])
  const here = properties.map(([key]) => key).filter((key) => !required.includes(key))
  return [
    ...here,
    ...properties.flatMap(([, inner]) => untestedAbsence(inner)),
    ...nested(schema).flatMap(untestedAbsence),
  ]
}

/**
 * For an `if` that compares one field with given values and asks nothing else: that field and the values, so that a browser
 * can check it by itself.
 */
export function simpleTest(schema: unknown, owner: Pointer): Condition['simple'] {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return null
  const [only, ...others] = Object.entries(schema['properties'])
  const keywords = Object.keys(schema).filter((key) => key !== 'properties' && key !== 'required' && key !== 'type')
  if (!only || others.length > 0 || keywords.length > 0 || !isRecord(only[1])) return null
  const values = choices(isRecord(only[1]['contains']) ? only[1]['contains'] : only[1])
  return values.length > 0 ? { pointer: `${owner}/${only[0]}`, values } : null
}

function choices(schema: Record<string, unknown>): string[] {
  if (Object.keys(schema).length !== 1) return []
  if ('const' in schema) return [String(schema['const'])]
  return Array.isArray(schema['enum']) ? schema['enum'].map(String) : []
}

const nested = (schema: Record<string, unknown>): unknown[] =>
  ['allOf', 'anyOf', 'oneOf', 'not'].flatMap((keyword) => schema[keyword] ?? [])

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
