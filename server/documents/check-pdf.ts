import { indexOf, readRange, readTail, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

/** Viewers look for the end mark in the last 1024 bytes (ISO 32000-1 annex H.3.4.4); line ends after it are common. */
const TAIL_BYTES = 2048
const LARGEST_DICTIONARY = 16_384
const LARGEST_TABLE = 32 * 1024 * 1024

/**
 * Is this PDF whole, readable and free of protection? Follows the end mark to the cross-reference and its trailer; what the
 * objects say is the signature verifier's work. Protected files are refused: they cannot be kept (PDF/A forbids it,
 * protocol-and-procedure.md §1.8), nor read by whoever must decide.
 */
export async function checkPdf(source: ContentSource): Promise<Defect | undefined> {
  const tail = (await readTail(source, TAIL_BYTES)).toString('latin1')
  if (!tail.includes('%%EOF')) return 'truncated'
  const found = /startxref\s+(\d+)\s+%%EOF(?![\s\S]*startxref)/.exec(tail)
  if (!found) return 'damaged'
  // Some producers put bytes before the header and count offsets from it.
  const header = (await readRange(source, 0, 1024)).indexOf('%PDF-')
  for (const offset of new Set([Number(found[1]), Number(found[1]) + header])) {
    const trailer = await trailerAt(source, offset)
    if (trailer !== undefined) return defectOf(trailer)
  }
  return 'damaged'
}

function defectOf(trailer: string): Defect | undefined {
  if (/\/Encrypt[\s<]/.test(trailer)) return 'encrypted'
  return /\/Root\s+\d+\s+\d+\s+R/.test(trailer) ? undefined : 'damaged'
}

/** The trailer dictionary of the cross-reference (table or stream) at that offset, or undefined if there is none. */
async function trailerAt(source: ContentSource, offset: number): Promise<string | undefined> {
  const start = (await readRange(source, offset, offset + LARGEST_DICTIONARY)).toString('latin1')
  if (/^\s*\d+\s+\d+\s+obj/.test(start)) return streamDictionary(start)
  if (!/^\s*xref\s/.test(start)) return undefined
  const at = await indexOf(source, Buffer.from('trailer'), { from: offset, limit: offset + LARGEST_TABLE })
  if (at < 0) return undefined
  const dictionary = (await readRange(source, at, at + LARGEST_DICTIONARY)).toString('latin1')
  return readable(dictionary.split('startxref', 1)[0] ?? '')
}

function streamDictionary(text: string): string | undefined {
  const end = text.search(/stream\r?\n/)
  const dictionary = readable(text.slice(0, Math.max(0, end)))
  return /\/Type\s*\/XRef/.test(dictionary) ? dictionary : undefined
}

/** Names may be written with codes (`/#45ncrypt` is `/Encrypt`): a way to hide protection from a plain search. */
const readable = (text: string): string =>
  text.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
