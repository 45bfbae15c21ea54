import { extensionOf } from './file-name.ts'
import { XML } from './media-type.ts'

/** What no text has: controls, except tab and line ends; from 7F on they are letters and quotes of Windows-1252. */
const CONTROL = /(?![\t\n\f\r\u007f-\u009f])\p{Cc}/u

/** XML that a browser would run as a page, by its root element or by the XHTML namespace. */
const RUNS_IN_BROWSER =
  /<(?:\w+:)?(?:html|script|iframe|body)\b|xmlns(?::\w+)?\s*=\s*["']http:\/\/www\.w3\.org\/1999\/xhtml/i

/** The kind of a text from its beginning, or undefined if it is no text. Not a text: anything with control bytes. */
export function sniffText(head: Buffer, name: string): string | undefined {
  const text = decode(head)
  if (text === undefined) return undefined
  const start = text.trimStart()
  if (start.startsWith('<')) return sniffMarkup(start)
  if (isMail(start)) return 'message/rfc822'
  return extensionOf(name) === 'csv' ? 'text/csv' : 'text/plain'
}

function sniffMarkup(start: string): string {
  if (/^<!doctype\s+html/i.test(start) || RUNS_IN_BROWSER.test(start)) return 'text/html'
  if (/<(?:\w+:)?svg\b/i.test(start)) return 'image/svg+xml'
  return XML
}

/** Two header fields of RFC 5322 at the very start, one of which every message has. */
function isMail(start: string): boolean {
  const headers = start.split(/\r?\n\r?\n/, 1)[0] ?? ''
  // `\r` belongs to the text of a line: were it optional after that, each folded line could be read in two ways, and forty
  // lines of a stranger's file would hold the process for hours.
  if (!/^[A-Za-z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*[A-Za-z-]+:/.test(headers + '\n')) return false
  return /^(received|return-path|from|date|mime-version|message-id):/im.test(headers)
}

function decode(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return clean(head.subarray(2, head.length & ~1).toString('utf16le'))
  return clean(head.toString(isUtf8(head) ? 'utf8' : 'latin1').replace(/^\ufeff/, ''))
}

const clean = (text: string): string | undefined => (CONTROL.test(text) ? undefined : text)

/** The head may end in the middle of a character: `stream` accepts that. */
function isUtf8(head: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}
