import { createHash } from 'node:crypto'
import type { Ui } from '../forms/index.ts'
import type { ProcedureSource } from './procedure.ts'

/** Everything that makes a version what it is. `types` are the shared types that its form refers to, as they were then. */
export type Publication = Readonly<{
  procedure: ProcedureSource
  schema: object
  ui: Ui
  types: readonly object[]
  /** Text of `rules.ts`, or null. The code itself is not kept: rules must go on accepting the answers of open versions. */
  rules: string | null
}>

export type PublishedVersion = Readonly<{ id: string; version: number; hash: string }>

/**
 * Hexadecimal SHA-256 of a version: any change of a word, a field, a rule or a shared type gives another one; white
 * space in the JSON files does not count. The order of keys does, for it is the order in which fields are asked.
 */
export function hashOf({ procedure, schema, ui, types, rules }: Publication): string {
  return createHash('sha256')
    .update(JSON.stringify([procedure, schema, ui, types, rules]))
    .digest('hex')
}

/** The shared types that a schema needs, directly or through others, in the order of their names. */
export function referencedTypes(schema: object, typeOf: (file: string) => unknown): object[] {
  const found = new Map<string, object>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const reference = (value as { $ref?: unknown }).$ref
    const file = typeof reference === 'string' ? reference.split('#')[0] : undefined
    const type = file && !found.has(file) ? typeOf(file) : undefined
    if (file && typeof type === 'object' && type !== null) {
      found.set(file, type)
      visit(type)
    }
    Object.values(value).forEach(visit)
  }
  visit(schema)
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, type]) => type)
}
