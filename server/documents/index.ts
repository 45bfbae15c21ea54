import type { Connection } from 'mongoose'
import { createInTransaction } from '../shared/transaction-store.ts'
import { createContentStore } from './content-store.ts'
import { createDocumentService } from './document-service.ts'
import { createDocumentStore } from './document-store.ts'
import { createIntake, type SignatureVerifier } from './intake.ts'
import { createRevalidation } from './revalidation-service.ts'
import { createScanService } from './scan-service.ts'
import { resting } from './resting-scanner.ts'
import type { VirusScanner } from './virus-scan.ts'

export { isUnscanned, type DocumentId, type DocumentKind, type StoredDocument } from './document.ts'
export type { Prepared, Upload } from './document-service.ts'
export type { UploadedForm } from './upload-form.ts'
export { sendDocument } from './download.ts'
export { isUpload, readForm, withToken } from './form-routes.ts'
export { P7S, PAPER, PAPER_LIMIT, shortType } from './media-type.ts'
export { uploadForm } from './upload-form.ts'
export { mislabelNotice } from './refusal.ts'
export type { LetterModel } from './letter.ts'
export type { Mark } from './mark.ts'
export type { MarkedCopy } from './marked-copy.ts'
export type { ReceiptModel } from './receipt.ts'
export { latestReport, reportsOf } from './revalidation.ts'
export type { RegisteredAt } from './revalidation-service.ts'
export type { ConfidentialFacts, SecondCodeTry, VerificationFacts } from './verification.ts'
export { sealOf } from './verification.ts'
export { verificationRoutes } from './verification-routes.ts'
export { createMarking } from './marked-copy.ts'
export { buildLetter } from './letter.ts'
export { SIGNATURE_PLACE } from './paper.ts'
export { buildReceipt } from './receipt.ts'
export { createScanner } from './scanner.ts'
export { inFaces } from './document-pool.ts'

type Settings = Readonly<{
  connection: Connection
  signing: SignatureVerifier
  /** Without it nothing is scanned for viruses. */
  scanner?: VirusScanner | undefined
  now: () => Date
  newId: () => string
}>

export type Documents = ReturnType<typeof createDocuments>

/** The documents of all municipalities on one database. */
export function createDocuments({ connection, signing, scanner, now, newId }: Settings) {
  const contents = createContentStore(connection, now)
  const records = createDocumentStore(connection)
  const service = createDocumentService({
    contents,
    records,
    intake: createIntake({ contents, signing, scanner: scanner && resting(scanner, { now }) }),
    scanUnscanned: createScanService({ contents, records, scanner }),
    signing,
    inTransaction: createInTransaction(connection),
    newId,
  })
  return { ...service, ...createRevalidation({ contents, records, signing, now }) }
}
