import { readSharedTypes, type Answers, type Reuse } from '../../server/forms/index.ts'
import { readProcedureFiles } from '../../server/procedures/procedure-files.ts'
import type { ProcedureVersion } from '../../server/procedures/procedure.ts'
import type { Publication } from '../../server/procedures/publication.ts'
import { toVersion } from '../../server/procedures/publishing.ts'
import { sampleAnswers } from './answers.ts'

export const TODAY = '2026-11-25'
export const IDS = Object.keys(sampleAnswers(TODAY))

/** Those that come with the platform. Where a test counts or lists procedures it takes these, so that any other may be added. */
export const DELIVERED = [
  'accesso-documentale',
  'contrassegno-disabili-rilascio',
  'dichiarazione-cambio-indirizzo',
  'occupazione-suolo-pubblico-temporanea',
  'scia-esercizio-di-vicinato-apertura',
  'segnalazione-disservizio',
]

const today = () => TODAY
const procedures = new Map<string, ProcedureVersion>()

/** The procedures in `forms/` as they are now, without a database: in a `before` hook, then `procedure(id)`. */
export async function loadInstalled(): Promise<ReadonlyMap<string, ProcedureVersion>> {
  if (procedures.size > 0) return procedures
  const types = readSharedTypes('.', today)
  for (const files of readProcedureFiles('.', [])) {
    const publication = { ...(files as unknown as Publication), types: [], rules: null }
    const { rules, reuse } = files
    const parts = { types, rules: await rules?.load(), reuse: reuse as Reuse, today }
    procedures.set(files.id, toVersion(publication, '', parts))
  }
  return procedures
}

export const procedure = (id: string): ProcedureVersion => procedures.get(id)!
export const sample = (id: string): Answers => structuredClone(sampleAnswers(TODAY)[id] ?? {})

/** Sample answers with the value at each dotted path replaced; undefined takes it away. */
export function changed(id: string, changes: Record<string, unknown>): Answers {
  const answers = sample(id) as Record<string, unknown>
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.')
    const owner = keys
      .slice(0, -1)
      .reduce<Record<string, unknown>>((parent, key) => (parent[key] ??= {}) as Record<string, unknown>, answers)
    if (value === undefined) Reflect.deleteProperty(owner, keys.at(-1)!)
    else owner[keys.at(-1)!] = value
  }
  return answers
}
