import type { StoredDocument } from '../documents/index.ts'
import type { Draft, Submitted } from '../filings/index.ts'
import { uploadFields, type FieldError, type UploadField } from '../forms/index.ts'
import type { DocumentSignature, ProcedureVersion } from '../procedures/index.ts'
import type { Party } from '../shared/party.ts'
import type { Verification } from '../signing/index.ts'
import { lacksDocument, missingSigners, signersOf, signerStates, type Signer, type SignerState } from './signers.ts'

/** Stands in the place of a step: a missing signature is dealt with in the summary, not in the form. */
export const SIGNATURES_PLACE = 'firme'

/** One document for which the procedure says who signs, with where each of them stands. */
export type SignedDocument = Readonly<{
  file: StoredDocument
  upload: UploadField
  policy: DocumentSignature
  signers: readonly Readonly<{ signer: Signer; state: SignerState }>[]
  missing: readonly Signer[]
}>

type Filed = Readonly<{
  answers: (Draft | Submitted)['answers']
  procedure: ProcedureVersion
  files: readonly StoredDocument[]
  filer: Party
  principal: Party | null
}>

/** The uploaded documents of which the policy speaks, in the order of the form. */
export function signedDocuments({ procedure, files, ...named }: Filed): SignedDocument[] {
  return uploadFields(procedure.form, named.answers).flatMap((upload) => {
    const policy = procedure.signature.documents.find(({ field }) => field === upload.pointer)
    if (!policy) return []
    const expected = signersOf(policy, named)
    return files
      .filter(({ id }) => upload.documents.includes(id))
      .map((file) => {
        const states = signerStates(expected, file.verification)
        const signers = expected.map((signer, index) => ({ signer, state: states[index] ?? 'missing' }))
        return { file, upload, policy, signers, missing: missingSigners(expected, states, policy.quorum) }
      })
  })
}

/**
 * Files that the procedure wants signed and that are not, whose signature is broken, or that wait for somebody's. A check that
 * we could not conclude (INDETERMINATE: unknown authority, revocation service down) never stops a filing: its time of arrival has
 * legal weight and the office sees the report (signatures-and-pdf.md §0 point 7).
 */
export function signatureDefects(filed: Filed): FieldError[] {
  return signedDocuments(filed).flatMap((document) => {
    const { file, upload } = document
    const { pointer, name, stepId } = upload
    const about = { pointer, name, label: file.name }
    const problem = problemOf(document)
    if (problem) return [{ ...about, message: problem, stepId }]
    return missingWords(document).map((message) => ({ ...about, message, stepId: SIGNATURES_PLACE }))
  })
}

/** What is wrong with the file itself, whoever signed. */
function problemOf({ file: { name, verification }, policy, signers, missing }: SignedDocument): string | undefined {
  const { required, text } = policy
  // An optional signature is looked at once the answers name somebody who must give it.
  if (!required && signers.length === 0) return undefined
  if (!verification || verification.verdict === 'not-signed')
    return missing.length > 0 || !required ? undefined : `«${name}» non è firmato digitalmente. ${text}`
  if (verification.verdict === 'TOTAL-FAILED')
    return `La firma di «${name}» non è valida: il file è stato modificato dopo la firma o la firma è danneggiata. Firma di nuovo il documento e ricaricalo.`
  if (verification.verdict === 'unreadable')
    return `Non riusciamo a leggere «${name}». Salvalo di nuovo, firmalo e ricaricalo.`
  return formatProblem(name, verification, policy)
}

function formatProblem(
  name: string,
  verification: Verification,
  { formats, text }: DocumentSignature,
): string | undefined {
  const admitted: readonly string[] = formats
  if (!admitted.includes(verification.format)) return `«${name}» è firmato in un formato non ammesso qui. ${text}`
  return lacksDocument(verification)
    ? `«${name}» contiene una firma, ma non contiene il documento firmato. Carica un file che li ha tutti e due: un PDF firmato o un .p7m con il documento dentro.`
    : undefined
}

/** One sentence for each signature that all must give; one for them together where any is enough. */
function missingWords({ file, policy, missing }: SignedDocument): string[] {
  if (missing.length === 0) return []
  const named = missing.map(({ name, role }) => `${name} (${role})`)
  if (policy.quorum === 'any') return [`Su «${file.name}» serve la firma digitale di ${named.join(' o di ')}.`]
  return named.map((who) => `Su «${file.name}» manca la firma digitale di ${who}.`)
}
