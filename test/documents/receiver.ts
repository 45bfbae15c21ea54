import { Readable } from 'node:stream'
import { createDocuments, type Documents, type Upload } from '../../server/documents/index.ts'
import { createSigning } from '../../server/signing/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { createSigner } from './openssl.ts'

export const at = new Date('2026-11-02T09:00:00Z')
export const place = { municipality: 'vallechiara', filing: 'f1', kind: 'attachment', sender: 'giulia', at } as const
export const ODT = 'application/vnd.oasis.opendocument.text'
export const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
export const EVERYTHING = [
  ...['application/pdf', 'application/pkcs7-mime', 'image/jpeg', 'image/png', 'image/tiff', 'application/xml'],
  ...['text/plain', 'text/csv', 'message/rfc822', 'application/zip', ODT, DOCX],
  ...['application/vnd.etsi.asic-e+zip', 'application/vnd.etsi.asic-s+zip'],
]

type ReceiveOptions = Partial<Pick<Upload, 'accept' | 'maxBytes' | 'activeContent' | 'orphan'>>

/** The room on a fresh database, and another vendor's signing program; inside a describe block. */
export function testReceiver() {
  const database = testDatabase()
  const signer = createSigner()
  const signing = createSigning({ trustAnchors: [], sealKeys: 'none' })
  let documents: Documents
  before(async () => {
    const { connection } = database
    documents = createDocuments({ connection, signing, now: () => new Date(), newId })
    await modelsReady(connection)
  })
  after(() => signer.remove())

  return {
    database,
    signer,
    signing,
    get documents() {
      return documents
    },
    receive: (bytes: Buffer | Readable, name: string, options: ReceiveOptions = {}) => {
      const stream = Buffer.isBuffer(bytes) ? Readable.from([bytes]) : bytes
      return documents.receive(stream, { ...place, accept: EVERYTHING, maxBytes: 1_000_000, ...options, name })
    },
    /** How many rows stand in each collection of the room. */
    stored: () =>
      Promise.all(
        ['documents', 'contents', 'stagedContents', 'documents.files', 'documents.chunks'].map((name) =>
          database.connection.collection(name).countDocuments(),
        ),
      ),
  }
}
