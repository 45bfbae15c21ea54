import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import mongoose from 'mongoose'
import { createDocuments, uploadForm } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createSigning } from '../../server/signing/index.ts'
import { modelsReady } from '../support/models.ts'

/** A process of its own that only takes uploads, so that its memory can be read; tells its port, then its peak when asked. */
const connection = await mongoose.createConnection(process.argv[2]!, { dbName: process.argv[3]! }).asPromise()
const signing = createSigning({ trustAnchors: [], sealKeys: 'none' })
const documents = createDocuments({ connection, signing, now: () => new Date(), newId })
await modelsReady(connection)

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const place = {
    municipality: 'm',
    filing: 'f',
    sender: 'giulia',
    kind: 'attachment',
    accept: ['application/pdf'],
    maxBytes: 300e6,
  } as const
  const { files } = await uploadForm(req, {
    authorize: () => undefined,
    receive: ({ stream, name }) => documents.receive(stream, { ...place, name, at: new Date() }),
  })
  res.end(JSON.stringify(files.map(({ document, error }) => ({ sha256: document?.sha256, error: error?.explanation }))))
}

const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', () =>
  process.send?.({ now: process.memoryUsage().rss, peak: process.resourceUsage().maxRSS * 1024 }),
)
