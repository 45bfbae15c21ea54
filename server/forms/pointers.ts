import type { Answers, Pointer } from './form.ts'

/**
 * Names that a schema may give to its properties. They become control names and keys of stored objects: no dot or dash
 * (path separators of names and ids), no `__proto__`, and `hint`/`error` would collide with the ids of a parent's hint.
 */
export const isPropertyName = (key: string): boolean =>
  /^[a-z][A-Za-z0-9]*$/.test(key) && !['constructor', 'prototype', 'hint', 'error'].includes(key)

/** Key of the hidden identifier of a repeater's item; a schema cannot declare it. */
export const ITEM_ID = '_id'

export const segmentsOf = (pointer: Pointer): string[] => pointer.split('/').slice(1)

/** Name of the control: the path with dots. */
export const nameOf = (pointer: Pointer): string => segmentsOf(pointer).join('.')

/** Id of the control: the path with dashes. */
export const idOf = (pointer: Pointer): string => segmentsOf(pointer).join('-')

/** Pointer of an answer → pointer of its definition: indexes become `*`. */
export const definitionOf = (pointer: Pointer): Pointer => pointer.replace(/\/\d+(?=\/|$)/g, '/*')

/** The definition pointer with the indexes of a place: `/veicoli/*` beside `/veicoli/2/targa` is `/veicoli/2`. */
export function placed(definition: Pointer, beside: Pointer): Pointer {
  const indexes = beside.split('/')
  return definition
    .split('/')
    .map((segment, position) => (segment === '*' ? (indexes[position] ?? segment) : segment))
    .join('/')
}

export const parentOf = (pointer: Pointer): Pointer => pointer.slice(0, pointer.lastIndexOf('/'))

export const isWithin = (pointer: Pointer, ancestor: Pointer): boolean =>
  pointer === ancestor || pointer.startsWith(`${ancestor}/`)

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Own properties only: a path can never reach a prototype. With `depth`: at the ancestor that has so many segments. Step by step, without
 * a list of the segments: conditions ask for it at every field of a form, several times a page.
 */
export function valueAt(value: unknown, pointer: Pointer, depth = Infinity): unknown {
  let found = value
  let end = 0
  for (let left = depth; left > 0 && end < pointer.length; left -= 1) {
    const start = end + 1
    const slash = pointer.indexOf('/', start)
    end = slash < 0 ? pointer.length : slash
    found = child(found, pointer.slice(start, end))
  }
  return found
}

/** Every value at a definition pointer: `*` gathers those of all items. */
export function valuesAt(value: unknown, definition: Pointer): unknown[] {
  return segmentsOf(definition).reduce<unknown[]>(
    (found, key) => (key === '*' ? found.flatMap(listOf) : found.map((each) => child(each, key))),
    [value],
  )
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export function child(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value as unknown[])[Number(key)] : undefined
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A copy with the value at the pointer; undefined takes the key away, and parents that become empty with it. */
export function withValue(answers: Answers, pointer: Pointer, value: unknown): Answers {
  const copy = replaced(answers, segmentsOf(pointer), value)
  return isRecord(copy) ? copy : {}
}

function replaced(holder: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value
  const inner = replaced(child(holder, key), rest, value)
  if (Array.isArray(holder)) return (holder as unknown[]).map((item, index) => (String(index) === key ? inner : item))
  const others = Object.entries(isRecord(holder) ? holder : {}).filter(([other]) => other !== key)
  if (inner === undefined && others.length === 0) return undefined
  return Object.fromEntries(inner === undefined ? others : [...others, [key, inner]])
}
