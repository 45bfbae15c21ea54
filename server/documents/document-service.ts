import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { AppError } from '../errors.ts'
import { forEach } from '../shared/for-each.ts'
import type { InTransaction, Transaction } from '../shared/transaction.ts'
import type { ContentKey, ContentStore, Staged } from './content.ts'
import type { DocumentId, DocumentKind, StoredDocument } from './document.ts'
import type { DocumentStore } from './document-store.ts'
import { cleanName } from './file-name.ts'
import type { Verification } from '../signing/index.ts'
import type { Intake, IncomingFile, SignatureVerifier } from './intake.ts'
import { PDF } from './media-type.ts'
import { nextTry } from './revalidation.ts'

/** Where a file belongs. `at` is its instant of arrival. */
type Place = Readonly<{ municipality: string; filing: string; kind: DocumentKind; at: Date }>

export type Upload = Place & IncomingFile & Pick<StoredDocument, 'orphan'>
/** Bytes that we made ourselves: their type needs no check. `report` is there when their signatures were verified already. */
type OwnFile = Place & Readonly<{ name: string; mediaType: string; report?: Verification | undefined }>

/** A document of ours that is ready to be written. */
export type Prepared = Readonly<{ bytes: Uint8Array; document: StoredDocument }>

type Facts = Pick<
  StoredDocument,
  'name' | 'mediaType' | 'size' | 'sha256' | 'verification' | 'revalidation' | 'scan' | 'orphan'
>

type Parts = Readonly<{
  contents: ContentStore
  records: DocumentStore
  intake: Intake
  signing: SignatureVerifier
  inTransaction: InTransaction
  newId: () => string
  scanUnscanned: () => Promise<number>
}>

export type Documents = ReturnType<typeof createDocumentService>

export function createDocumentService(parts: Parts) {
  const { contents, records, scanUnscanned } = parts
  const open = (document: ContentKey): AsyncIterable<Uint8Array> => contents.open(document)

  return {
    receive: receiving(parts),
    ...keeping(parts),
    ...removing(parts),
    open,
    /** Whether it begins with all the bytes of `earlier`, as a PDF does after an incremental update. */
    continues: async (document: StoredDocument, earlier: StoredDocument): Promise<boolean> =>
      document.size >= earlier.size && (await hashOfFirst(open(document), earlier.size)) === earlier.sha256,
    /** Hands a document to another filing, in the caller's transaction. */
    move: records.move,
    /** The whole file in memory: for what we made or must verify, never for a download. */
    bytes: (document: StoredDocument): Promise<Buffer> => buffer(open(document)),
    find: records.find,
    ofFiling: records.ofFiling,
    bySha256: records.bySha256,
    scanUnscanned,
  }
}

function removing({ contents, records, inTransaction }: Parts) {
  const removeBy = (record: DocumentStore['remove']) => async (document: StoredDocument) => {
    const { removed, file } = await inTransaction(async (tx) => {
      const isRemoved = await record(document, tx)
      return { removed: isRemoved, file: isRemoved ? await contents.release(document, tx) : undefined }
    })
    if (file !== undefined) await contents.discard(file)
    return removed
  }
  const removeOrphan = removeBy(records.removeOrphan)

  /**
   * Makes orphans part of what they came for, in the transaction that writes it. Throws CONFLICT when one of them was erased
   * meanwhile.
   */
  async function adopt(documents: readonly StoredDocument[], tx: Transaction): Promise<void> {
    if (documents.length === 0 || (await records.adopt(documents, tx))) return
    throw new AppError('CONFLICT', 'A document to adopt is not there', {
      explanation: 'Un file che avevi caricato non c’è più, perché è passato troppo tempo. Caricalo di nuovo.',
    })
  }

  /**
   * Has nothing remove these attachments any more, in the transaction that registers them. Throws CONFLICT when one of them was removed
   * meanwhile.
   */
  async function register(attachments: readonly StoredDocument[], tx: Transaction): Promise<void> {
    if (attachments.length === 0 || (await records.register(attachments, tx))) return
    throw new AppError('CONFLICT', 'An attachment to register is not there', {
      explanation:
        'Nel frattempo un file di questa richiesta è stato eliminato, forse da un’altra scheda. Riaprila e controlla.',
    })
  }

  /**
   * Makes orphans of attachments that are no part of what is sent, in the transaction that sends it. They are to be abandoned then; should
   * a crash come first, they are cleaned.
   */
  async function disown(attachments: readonly StoredDocument[], tx: Transaction): Promise<void> {
    if (attachments.length > 0) await records.disown(attachments, tx)
  }

  /** Erases orphans whose purpose was not written after all; those that were adopted stay. */
  async function abandon(documents: readonly StoredDocument[]): Promise<void> {
    for (const document of documents) await removeOrphan(document)
  }

  /**
   * Erases what a crash left behind: documents that came before that instant and that nothing adopted, among them copies of
   * identity cards (GDPR art. 5 c. 1 e), and bytes without a document. Returns how many; what failed on the way is thrown at
   * the end.
   */
  async function clean(before: Date): Promise<number> {
    let erased = 0
    const eraseOrphans = () =>
      forEach(records.orphansBefore(before), async (orphan) => {
        if (await removeOrphan(orphan)) erased += 1
      })
    const eraseBytes = async () => {
      erased += await contents.clean(before)
    }
    await forEach([eraseOrphans, eraseBytes], (erase) => erase())
    return erased
  }

  return {
    /** Takes an attachment out of a draft; false when it is there no more, or was sent: what was filed is never removed. */
    remove: removeBy(records.remove),
    adopt,
    register,
    disown,
    abandon,
    clean,
  }
}

function receiving({ contents, records, intake, inTransaction, newId }: Parts) {
  async function keep(staged: Staged, document: StoredDocument): Promise<StoredDocument> {
    try {
      const taken = await inTransaction(async (tx) => {
        await records.add(document, tx)
        return contents.keep(document, staged, tx)
      })
      if (!taken) await contents.discard(staged.file)
      return document
    } catch (error) {
      await contents.discard(staged.file)
      throw error
    }
  }

  /**
   * Takes a person's file: streams it to the store while hashing, reads its type from the bytes, checks that it is whole and
   * open, and has its signatures verified. Throws an `AppError` whose explanation names the file and the remedy; then nothing
   * of it stays; what is left of the stream is the caller's to throw away.
   */
  return async (stream: Readable, upload: Upload): Promise<StoredDocument> => {
    const { staged, ...known } = await intake(stream, upload)
    const revalidation = nextTry(known.verification, 0, upload.at)
    const { size, sha256 } = staged
    const orphan = upload.orphan && { orphan: true as const }
    const facts = { ...known, size, sha256, ...(revalidation && { revalidation }), ...orphan }
    return keep(staged, newDocument(newId(), upload, facts))
  }
}

function keeping({ contents, records, signing, inTransaction, newId }: Parts) {
  /** Makes ready bytes that we made, before the transaction that keeps them. Nothing is written yet. */
  async function prepare(bytes: Uint8Array, file: OwnFile): Promise<Prepared> {
    const { mediaType } = file
    const name = cleanName(file.name)
    // The public page shows the state of our seal as our verifier read it on the day.
    const made = file.report && { ...file.report, file: name }
    const verification = mediaType === PDF ? (made ?? (await signing.verify(bytes, name))) : undefined
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const facts = { name, mediaType, size: bytes.length, sha256, ...(verification && { verification }) }
    return { bytes, document: newDocument(newId(), file, facts) }
  }

  /** Keeps what was prepared, as part of the caller's transaction (which may run it again). */
  async function keep({ bytes, document }: Prepared, tx: Transaction): Promise<StoredDocument> {
    await records.add(document, tx)
    await contents.add(document, bytes, tx)
    return document
  }

  /** Keeps bytes that we made, at once. */
  async function store(bytes: Uint8Array, file: OwnFile): Promise<StoredDocument> {
    const prepared = await prepare(bytes, file)
    return inTransaction((tx) => keep(prepared, tx))
  }

  return { prepare, keep, store }
}

const newDocument = (id: string, { municipality, filing, kind, at }: Place, facts: Facts): StoredDocument => {
  return { id: id as DocumentId, municipality, filing, kind, createdAt: at, ...facts }
}

/** SHA-256 of that many bytes from the beginning. */
async function hashOfFirst(bytes: AsyncIterable<Uint8Array>, length: number): Promise<string> {
  const hash = createHash('sha256')
  let left = length
  for await (const piece of bytes) {
    hash.update(piece.subarray(0, left))
    left -= Math.min(left, piece.length)
    if (left === 0) break
  }
  return hash.digest('hex')
}
