import type { StoredDocument } from '../documents/index.ts'
import { AppError } from '../errors.ts'
import { uploadFields } from '../forms/index.ts'
import type { OpenDraft } from './draft.ts'
import { answersInStep } from './typed.ts'

type Came = Readonly<{ field: string; document: StoredDocument }>

/**
 * Of the files that came with a step, those whose bytes their field has already, by whatever name, or that came twice for it, each with
 * the failure that says so. Two fields may hold the same file; where a field takes one only, it takes the place of the one before.
 */
export function repeatedFiles(
  { draft, procedure: { form }, files }: OpenDraft,
  step: string,
  came: readonly Came[],
): (Came & { error: AppError })[] {
  const fields = new Map(uploadFields(form, answersInStep(form, draft, step)).map((field) => [field.name, field]))
  const heldIn = (name: string): StoredDocument[] => {
    const { multiple = true, documents = [] } = fields.get(name) ?? {}
    return multiple ? files.filter(({ id }) => documents.includes(id)) : []
  }
  return came.flatMap(({ field, document }, at) => {
    const before = came.slice(0, at).filter((other) => other.field === field)
    const all = [...heldIn(field), ...before.map((other) => other.document)]
    const same = all.find(({ sha256 }) => sha256 === document.sha256)
    return same ? [{ field, document, error: repeated(document, same) }] : []
  })
}

function repeated({ name }: StoredDocument, same: StoredDocument): AppError {
  const what = name === same.name ? 'c’è già' : `è identico a «${same.name}», che c’è già`
  return new AppError('INVALID_INPUT', 'The field has these bytes already', {
    explanation: `Il file «${name}» ${what}: ne teniamo uno solo. Se volevi aggiungerne un altro, sceglilo di nuovo.`,
  })
}
