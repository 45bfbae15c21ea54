import { isProgram } from '../shared/program.ts'
import type { Source } from '../shared/source.ts'

/** Media type by the first bytes, for what municipalities receive; anything else is `application/octet-stream`. */
export function mediaTypeOf(source: Source): string {
  const head = source.read(0, 1024)
  if (isProgram(head)) return 'application/x-executable'
  const latin = head.toString('latin1')
  for (const [type, matches] of SIGNS) if (matches(latin)) return type
  return isText(head) ? 'text/plain' : 'application/octet-stream'
}

const SIGNS: readonly (readonly [string, (head: string) => boolean])[] = [
  [
    'application/pkcs7-mime',
    (head) => head.startsWith('0') && head.slice(0, 32).includes('\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02'),
  ],
  ['application/pdf', (head) => head.includes('%PDF-') && !head.startsWith('0')],
  ['image/jpeg', (head) => head.startsWith('\xff\xd8\xff')],
  ['image/png', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['image/tiff', (head) => head.startsWith('II*\0') || head.startsWith('MM\0*')],
  ['application/zip', (head) => head.startsWith('PK\x03\x04')],
  ['text/xml', (head) => /^(\xef\xbb\xbf)?\s*<\?xml/.test(head)],
  ['text/html', (head) => /^\s*<(!doctype html|html)/i.test(head)],
]

const isText = (head: Buffer): boolean =>
  head.length > 0 && !head.some((octet) => octet < 9 || (octet > 13 && octet < 32))
