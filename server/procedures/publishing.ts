import {
  compileForm,
  reuseDefects,
  reuseShapeDefects,
  type Form,
  type Reuse,
  type SharedTypes,
  type Ui,
} from '../forms/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { ProcedureSource, ProcedureVersion } from './procedure.ts'
import { procedureDefects, shapeDefects } from './procedure-defects.ts'
import { readProcedureFiles, type ProcedureFiles, type RulesOf } from './procedure-files.ts'
import { hashOf, referencedTypes, type Publication } from './publication.ts'
import type { PublicationStore } from './publication-store.ts'

type Publishing = Readonly<{
  root: string
  types: SharedTypes
  store: PublicationStore
  now: () => Date
  today: () => IsoDate
}>
type Candidate = Readonly<{
  folder: string
  publication: Publication
  hash: string
  rules: RulesOf | undefined
  reuse: Reuse
}>

/** What is wrong with the files of the procedures, one line a defect: whoever edits them mends all at once. */
class CatalogueError extends Error {
  override readonly name = 'CatalogueError'

  constructor(defects: readonly string[]) {
    super(`I procedimenti in forms/ non si possono usare:\n${defects.map((defect) => `  - ${defect}`).join('\n')}`)
  }
}

/**
 * Reads and checks every procedure of the installation and publishes the versions that are new. Throws one CatalogueError with all
 * defects of all files. What was published with the same content is known to be good: its form is compiled at first use,
 * so that 620 procedures do not delay the start.
 */
export async function publishProcedures({ root, types, store, now, today }: Publishing): Promise<ProcedureVersion[]> {
  const defects: string[] = []
  const folders = readProcedureFiles(root, defects)
  const candidates = (await Promise.all(folders.map((files) => candidate(files, types, defects)))).filter(
    (one) => one !== undefined,
  )
  const published = new Map((await store.published()).map(({ id, version, hash }) => [`${id}@${version}`, hash]))

  const versions: ProcedureVersion[] = []
  const fresh: Candidate[] = []
  for (const one of candidates) {
    const known = published.get(keyOf(one))
    const version = toVersion(one.publication, one.hash, { types, today, ...one })
    versions.push(version)
    if (known === undefined) fresh.push(one)
    if (known === undefined) defects.push(...formDefects(one.folder, version))
    if (known !== undefined && known !== one.hash) defects.push(changed(one))
  }
  if (defects.length > 0) throw new CatalogueError(defects)
  for (const one of fresh) await insert(one, store, now())
  return versions
}

/** A version as other rooms use it; its form is compiled when it is first asked for. */
export function toVersion(
  { procedure, schema, ui }: Publication,
  hash: string,
  {
    types,
    rules,
    reuse,
    today,
  }: { types: SharedTypes; rules: RulesOf | undefined; reuse: Reuse; today: () => IsoDate },
): ProcedureVersion {
  let form: Form | undefined
  return {
    ...procedure,
    hash,
    reuse,
    get form() {
      form ??= compileForm(
        { id: procedure.id, version: procedure.version, schema, ui, ...(rules ? { rules: rules(today) } : {}) },
        types,
      )
      return form
    },
  }
}

async function candidate(files: ProcedureFiles, types: SharedTypes, defects: string[]): Promise<Candidate | undefined> {
  const source = wellShaped(files, defects)
  const rules = await rulesOf(files, defects)
  const reuse = reuseOf(files, defects)
  if (!source) return undefined
  const { procedure, schema, ui } = source
  const publication: Publication = {
    procedure,
    schema,
    ui,
    types: referencedTypes(schema, (file) => types.document(file)),
    rules: files.rules?.text ?? null,
  }
  return { folder: files.folder, publication, hash: hashOf(publication), rules, reuse }
}

/** The contents of a folder, if its procedure.json has the shape of the schema. Its form is checked by compiling it. */
function wellShaped(
  { folder, office, id, procedure, schema, ui }: ProcedureFiles,
  defects: string[],
): Pick<Publication, 'procedure' | 'schema' | 'ui'> | undefined {
  // Files that could not be read are defects already.
  if (procedure === undefined || schema === undefined || ui === undefined) return undefined
  const own = shapeDefects(procedure).map((defect) => `${folder}/procedure.json ${defect}`)
  if (typeof schema !== 'object' || schema === null) own.push(`${folder}/schema.json: not a JSON object`)
  const source = procedure as ProcedureSource
  if (own.length === 0 && (source.id !== id || source.office !== office)) {
    own.push(`${folder}/procedure.json: id and office must be the names of its folders`)
  }
  defects.push(...own)
  return own.length === 0 ? { procedure: source, schema: schema as object, ui: ui as Ui } : undefined
}

async function rulesOf({ folder, rules }: ProcedureFiles, defects: string[]): Promise<RulesOf | undefined> {
  try {
    return await rules?.load()
  } catch (error) {
    defects.push(`${folder}/rules.ts: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function reuseOf({ folder, reuse }: ProcedureFiles, defects: string[]): Reuse {
  // A file that could not be read is a defect already.
  const found = reuse === undefined ? [] : reuseShapeDefects(reuse)
  defects.push(...found.map((defect) => `${folder}/reuse.json: ${defect}`))
  return found.length === 0 ? (reuse ?? {}) : {}
}

function formDefects(folder: string, version: ProcedureVersion): string[] {
  try {
    return [
      ...procedureDefects(version, version.form).map((defect) => `${folder}/procedure.json ${defect}`),
      ...reuseDefects(version.form, version.reuse).map((defect) => `${folder}/reuse.json: ${defect}`),
    ]
  } catch (error) {
    // compileForm names the form in its first line and then gives one defect a line.
    const [first = '', ...lines] = String(error instanceof Error ? error.message : error).split('\n- ')
    return (lines.length > 0 ? lines : [first]).map((defect) => `${folder}/schema.json, ui.json ${defect}`)
  }
}

async function insert({ folder, publication, hash }: Candidate, store: PublicationStore, at: Date): Promise<void> {
  if (await store.insert(publication, hash, at)) return
  const { id, version } = publication.procedure
  const other = await store.find(id, version)
  if (other?.hash !== hash) throw new CatalogueError([changed({ folder, publication })])
}

/** A person's filing must say for ever what was asked: a version that was open to the public is not corrected, it is succeeded. */
const changed = ({ folder, publication: { procedure } }: Pick<Candidate, 'folder' | 'publication'>): string =>
  `${folder}: la versione ${procedure.version} è già pubblicata con un altro contenuto e non si cambia più; per pubblicare la modifica scrivi "version": ${procedure.version + 1} in procedure.json.`

const keyOf = ({ publication: { procedure } }: Candidate): string => `${procedure.id}@${procedure.version}`
