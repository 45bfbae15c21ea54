import { AppError } from '../errors.ts'
import type { Answers, Field, Form, Pointer } from './form.ts'
import { nameOf, withValue } from './pointers.ts'
import { visiblePlaces, type Place } from './visible.ts'

/** A place where a file can be put. `accept` holds media types, `maxBytes` is the limit of one file. */
export type UploadField = Readonly<{
  pointer: Pointer
  name: string
  label: string
  stepId: string
  accept: readonly string[]
  maxBytes: number
  multiple: boolean
  /** How many files it takes. */
  most: number
  signature?: 'required' | 'optional'
  /** Identifiers of the documents that are there already. */
  documents: readonly string[]
}>

const DEFAULT_ACCEPT = ['application/pdf', 'application/pkcs7-mime', 'image/jpeg', 'image/png']
const DEFAULT_MAX_BYTES = 10_000_000

export const acceptOf = ({ ui }: Field): readonly string[] => ui.accept ?? DEFAULT_ACCEPT
export const maxBytesOf = ({ ui }: Field): number => ui.maxBytes ?? DEFAULT_MAX_BYTES
export const mostOf = ({ multiple, schema }: Field): number => (multiple ? Number(schema['maxItems'] ?? Infinity) : 1)

/** Can a file be put somewhere in this step? False for a step that the form does not have. */
export function asksForFiles(form: Form, stepId: string): boolean {
  return [...form.fields.values()].some(
    (field) => field.widget === 'upload' && form.stepOf.get(field.pointer) === stepId,
  )
}

/** The upload fields that apply to these answers, one per item of a list. */
export function uploadFields(form: Form, answers: Answers): UploadField[] {
  return visiblePlaces(form, answers)
    .filter(({ field }) => field.widget === 'upload')
    .map(({ field, pointer, value }) => ({
      pointer,
      name: nameOf(pointer),
      label: field.label,
      stepId: form.stepOf.get(field.pointer) ?? '',
      accept: acceptOf(field),
      maxBytes: maxBytesOf(field),
      multiple: field.multiple,
      most: mostOf(field),
      ...(field.ui.signature ? { signature: field.ui.signature } : {}),
      documents: documentsIn(value),
    }))
}

/**
 * The answers with a stored document in an upload field: added where several may be, else in place of the one before.
 * The only way in for a document's id: it is never read from a request, so nobody can claim another's file.
 */
export function attach(
  form: Form,
  answers: Answers,
  { name, documentId }: { name: string; documentId: string },
): Answers {
  const { field, pointer, value } = uploadPlace(form, answers, name)
  if (!field.multiple) return withValue(answers, pointer, documentId)
  const documents = documentsIn(value)
  const limit = mostOf(field)
  if (documents.length >= limit) {
    throw new AppError('INVALID_INPUT', `Upload field ${name} is full`, {
      explanation: `In «${field.label}» puoi caricare al massimo ${limit} documenti: eliminane uno prima di aggiungerne altri.`,
    })
  }
  return withValue(answers, pointer, [...documents, documentId])
}

/** The answers without that document, wherever it was. */
export function detach(form: Form, answers: Answers, documentId: string): Answers {
  return visiblePlaces(form, answers)
    .filter(({ field, value }) => field.widget === 'upload' && documentsIn(value).includes(documentId))
    .reduce<Answers>((current, { pointer, value }) => {
      const left = documentsIn(value).filter((id) => id !== documentId)
      return withValue(current, pointer, left.length > 0 ? left : undefined)
    }, answers)
}

/** The answers with document `by` in the place of `old`, wherever that is. */
export function exchanged(form: Form, answers: Answers, { old, by }: { old: string; by: string }): Answers {
  return visiblePlaces(form, answers)
    .filter(({ field, value }) => field.widget === 'upload' && documentsIn(value).includes(old))
    .reduce<Answers>((current, { field, pointer, value }) => {
      const documents = documentsIn(value).map((id) => (id === old ? by : id))
      return withValue(current, pointer, field.multiple ? documents : documents[0])
    }, answers)
}

function uploadPlace(form: Form, answers: Answers, name: string): Place {
  const place = visiblePlaces(form, answers).find(
    ({ field, pointer }) => field.widget === 'upload' && nameOf(pointer) === name,
  )
  if (!place) throw new AppError('INVALID_INPUT', `No upload field ${JSON.stringify(name.slice(0, 100))} applies`)
  return place
}

export function documentsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((id): id is string => typeof id === 'string')
}

/** Every document that the answers refer to: what else is stored for the draft can be deleted. */
export function documentsOf(form: Form, answers: Answers): string[] {
  return uploadFields(form, answers).flatMap(({ documents }) => documents)
}
