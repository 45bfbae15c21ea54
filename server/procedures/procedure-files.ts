import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Rules } from '../forms/index.ts'
import type { IsoDate } from '../shared/dates.ts'

/** What `rules.ts` of a procedure exports as `rules`: the checks of its form, given the day in Rome. */
export type RulesOf = (today: () => IsoDate) => Rules

/** The files of one folder `forms/<office>/<procedure>`, parsed but not yet checked. */
export type ProcedureFiles = Readonly<{
  /** Path below the root, for messages: `forms/suap/scia-…`. */
  folder: string
  office: string
  id: string
  procedure: unknown
  schema: unknown
  ui: unknown
  rules: Readonly<{ text: string; load: () => Promise<RulesOf> }> | null
  /** What its fields have in common with those of other forms; `{}` without the file. */
  reuse: unknown
}>

/**
 * Reads every procedure below `forms/`; folders whose name begins with `_` hold shared things. A file that is missing or
 * is not JSON becomes a defect, and the other folders are read all the same.
 */
export function readProcedureFiles(root: string, defects: string[]): ProcedureFiles[] {
  return foldersIn(join(root, 'forms')).flatMap((office) =>
    foldersIn(join(root, 'forms', office)).map((id) => readFolder({ root, office, id, defects })),
  )
}

type Folder = { root: string; office: string; id: string; defects: string[] }

function readFolder({ root, office, id, defects }: Folder): ProcedureFiles {
  const folder = `forms/${office}/${id}`
  const json = (name: string): unknown => {
    try {
      return JSON.parse(readFileSync(join(root, folder, name), 'utf8'))
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      defects.push(`${folder}/${name}: ${missing ? 'the file is missing' : String(error)}`)
      return undefined
    }
  }
  return {
    folder,
    office,
    id,
    reuse: existsSync(join(root, folder, 'reuse.json')) ? json('reuse.json') : {},
    procedure: json('procedure.json'),
    schema: json('schema.json'),
    ui: json('ui.json'),
    rules: rulesIn(root, folder),
  }
}

function rulesIn(root: string, folder: string): ProcedureFiles['rules'] {
  const file = join(root, folder, 'rules.ts')
  if (!existsSync(file)) return null
  // What runs compiled takes what was compiled with it: Node 20 reads no TypeScript.
  const isCompiled = import.meta.url.endsWith('.js')
  const program = isCompiled ? new URL(`../../${folder}/rules.js`, import.meta.url) : pathToFileURL(file)
  const load = async (): Promise<RulesOf> => {
    const module = (await import(program.href)) as { rules?: RulesOf }
    if (typeof module.rules !== 'function') throw new Error('it does not export a function `rules`')
    return module.rules
  }
  return { text: readFileSync(file, 'utf8'), load }
}

const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
    .sort()
