import type { Verification } from '../signing/index.ts'
import { createContentCopies } from './content-copy.ts'
import type { ContentStore } from './content.ts'
import type { StoredDocument } from './document.ts'
import type { DocumentStore } from './document-store.ts'
import type { SignatureVerifier } from './intake.ts'
import { nextTry } from './revalidation.ts'

/** When the register proves that the document was here; undefined while it belongs to a draft. */
export type RegisteredAt = (document: StoredDocument) => Promise<Date | undefined>

type Parts = Readonly<{
  contents: Pick<ContentStore, 'open'>
  records: DocumentStore
  signing: SignatureVerifier
  now: () => Date
}>

/** How long one process has a document to itself. */
const LEASE = 600_000

export function createRevalidation({ contents, records, signing, now }: Parts) {
  const withContent = createContentCopies(1)

  /** Validates a document now, at the time that the register proves, and keeps the report beside those before it. */
  async function validateAgain(document: StoredDocument, registeredAt: RegisteredAt): Promise<Verification> {
    const proved = await registeredAt(document)
    const source = { size: document.size, open: () => contents.open(document) }
    const report = await withContent(source, (content) =>
      signing.verify(content, document.name, proved ? { registeredAt: proved } : {}),
    )
    const tries = (document.revalidation?.tries ?? 0) + 1
    await records.addReport(document, report, nextTry(report, tries, now()))
    return report
  }

  /** Validates every document whose turn it is; how many. Several processes share the work. */
  async function validateDue(registeredAt: RegisteredAt): Promise<number> {
    let done = 0
    for (;;) {
      const document = await records.claimRevalidation(now(), new Date(now().getTime() + LEASE))
      if (!document) return done
      await validateAgain(document, registeredAt)
      done += 1
    }
  }

  return { validateAgain, validateDue }
}
