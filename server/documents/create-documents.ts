import type { Connection } from 'mongoose'
import { createInTransaction } from '../shared/transaction-store.ts'
import { createContentStore } from './content-store.ts'
import { createDocumentService, type Documents } from './document-service.ts'
import { createDocumentStore } from './document-store.ts'
import { createIntake, type SignatureVerifier } from './intake.ts'

/** The documents of all municipalities on one database. */
export function createDocuments({
  connection,
  signing,
  now,
  newId,
}: Readonly<{ connection: Connection; signing: SignatureVerifier; now: () => Date; newId: () => string }>): Documents {
  const contents = createContentStore(connection, now)
  return createDocumentService({
    contents,
    records: createDocumentStore(connection),
    intake: createIntake({ contents, signing }),
    signing,
    inTransaction: createInTransaction(connection),
    newId,
  })
}
