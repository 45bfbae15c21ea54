import type { StoredDocument } from '../documents/index.ts'
import { documentIds, stepOfPointer, type FieldError } from '../forms/index.ts'
import type { DocumentSignature, ProcedureVersion } from '../procedures/index.ts'
import type { Draft } from './filing.ts'

/**
 * Files that the procedure wants signed and that are not, or whose signature is broken. A check that we could not
 * conclude (INDETERMINATE: unknown authority, revocation service down) never stops a filing: its time of arrival has
 * legal weight and the office sees the report (signatures-and-pdf.md §0 point 7).
 */
export function signatureDefects(draft: Draft, procedure: ProcedureVersion, files: readonly StoredDocument[]): FieldError[] {
  return procedure.signature.documents
    .filter(({ required }) => required)
    .flatMap((policy) => documentIds(draft.answers, policy.field).flatMap((id) => defectOf(files.find((file) => file.id === id), policy, procedure)))
}

function defectOf(file: StoredDocument | undefined, policy: DocumentSignature, procedure: ProcedureVersion): FieldError[] {
  if (!file) return []
  const message = problemOf(file, policy)
  if (!message) return []
  const step = stepOfPointer(procedure.form, policy.field)
  return [{ pointer: policy.field, name: policy.field.slice(1).replaceAll('/', '.'), label: file.name, message, stepId: step }]
}

function problemOf({ name, verification }: StoredDocument, { formats, text }: DocumentSignature): string | undefined {
  if (!verification || verification.verdict === 'not-signed') return `«${name}» non è firmato digitalmente. ${text}`
  if (verification.verdict === 'TOTAL-FAILED') return `La firma di «${name}» non è valida: il file è stato modificato dopo la firma o la firma è danneggiata. Firma di nuovo il documento e ricaricalo.`
  if (verification.verdict === 'unreadable') return `Non riusciamo a leggere «${name}». Salvalo di nuovo, firmalo e ricaricalo.`
  const admitted: readonly string[] = formats
  if (!admitted.includes(verification.format)) return `«${name}» è firmato in un formato non ammesso qui. ${text}`
  return undefined
}
