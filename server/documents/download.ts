import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../errors.ts'
import { isUnscanned, type StoredDocument } from './document.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { downloadName } from './file-name.ts'

/**
 * Sends a file to be saved. Whether the person may have it is the caller's decision, taken before; one in which a virus was found
 * nobody may have (GONE).
 */
export async function sendDocument(
  res: ServerResponse,
  document: StoredDocument,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  if (document.scan === 'infected') throw infected()
  const headers = attachmentHeaders(savedName(document), document.mediaType)
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.setHeader('Content-Length', document.size)
  // A file comes whole or not at all.
  res.setHeader('Accept-Ranges', 'none')
  if (res.req.method === 'HEAD') res.end()
  else await pipeline(content, res)
}

/** The page warns before the file is saved; its name goes on warning when the page is closed. */
const savedName = (document: StoredDocument): string =>
  isUnscanned(document) ? `NON-CONTROLLATO-${downloadName(document)}` : downloadName(document)

const infected = (): AppError =>
  new AppError('GONE', 'An infected document was asked for', {
    explanation:
      'Il controllo ha trovato un virus in questo file: resta agli atti ma non si può scaricare. Chiedi a chi l’ha inviato una copia pulita.',
  })
