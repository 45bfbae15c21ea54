import type { StoredDocument } from '../documents/index.ts'
import { uploadFields, type Answers, type FieldError } from '../forms/index.ts'
import type { DocumentSignature, ProcedureVersion } from '../procedures/index.ts'

/**
 * Files that the procedure wants signed and that are not, or whose signature is broken. A check that we could not
 * conclude (INDETERMINATE: unknown authority, revocation service down) never stops a filing: its time of arrival has
 * legal weight and the office sees the report (signatures-and-pdf.md §0 point 7).
 */
export function signatureDefects(
  answers: Answers,
  { form, signature }: ProcedureVersion,
  files: readonly StoredDocument[],
): FieldError[] {
  return uploadFields(form, answers).flatMap(({ pointer, name, stepId, documents }) => {
    const policy = signature.documents.find(({ field, required }) => required && field === pointer)
    if (!policy) return []
    return files
      .filter(({ id }) => documents.includes(id))
      .flatMap((file) => {
        const message = problemOf(file, policy)
        return message ? [{ pointer, name, label: file.name, message, stepId }] : []
      })
  })
}

function problemOf({ name, verification }: StoredDocument, { formats, text }: DocumentSignature): string | undefined {
  if (!verification || verification.verdict === 'not-signed') return `«${name}» non è firmato digitalmente. ${text}`
  if (verification.verdict === 'TOTAL-FAILED')
    return `La firma di «${name}» non è valida: il file è stato modificato dopo la firma o la firma è danneggiata. Firma di nuovo il documento e ricaricalo.`
  if (verification.verdict === 'unreadable')
    return `Non riusciamo a leggere «${name}». Salvalo di nuovo, firmalo e ricaricalo.`
  const admitted: readonly string[] = formats
  return admitted.includes(verification.format)
    ? undefined
    : `«${name}» è firmato in un formato non ammesso qui. ${text}`
}
