import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { StoredDocument } from './document.ts'
import { attachmentHeader, downloadName } from './file-name.ts'

/** Types that no browser runs. XML and mail may carry scripts and leave as plain bytes. */
const INERT = /^(application\/(pdf|pkcs7-.*|zip|vnd\..*)|image\/(jpeg|png|tiff)|text\/(plain|csv))$/

/**
 * Sends a file to be saved, never to be shown inside our origin. Whether the person may have it is the caller's decision,
 * taken before. The sandbox is for browsers that open an attachment all the same.
 */
export async function sendDocument(res: ServerResponse, document: StoredDocument, content: Readable): Promise<void> {
  res.setHeader('Content-Type', INERT.test(document.mediaType) ? document.mediaType : 'application/octet-stream')
  res.setHeader('Content-Disposition', attachmentHeader(downloadName(document)))
  res.setHeader('Content-Length', document.size)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Content-Security-Policy', "sandbox; default-src 'none'")
  res.setHeader('Cache-Control', 'private, no-store')
  await pipeline(content, res)
}
