/** Objects of a PDF (ISO 32000-2 §7.3) with where they lie in the file, since signatures are about places. */
type PdfName = Readonly<{ kind: 'name'; name: string }>
export type PdfString = Readonly<{
  kind: 'string'
  raw: Buffer
  hex: boolean
  /** Offsets of the delimiters, the second after it. */ start: number
  end: number
}>
export type PdfRef = Readonly<{ kind: 'ref'; number: number }>
export type PdfDict = Readonly<{
  kind: 'dict'
  entries: ReadonlyMap<string, PdfValue>
  /** Keys that appear more than once. */ duplicates: readonly string[]
}>
export type PdfStream = Readonly<{
  kind: 'stream'
  dict: PdfDict
  /** Offset of the first byte of data. */ start: number
  length: number
}>
export type PdfValue =
  null | boolean | number | PdfName | PdfString | PdfRef | PdfDict | PdfStream | readonly PdfValue[]

/** The file is not what ISO 32000 demands where we looked. */
export class PdfError extends Error {
  override readonly name = 'PdfError'
}

export const isArray = (value: PdfValue | undefined): value is readonly PdfValue[] => Array.isArray(value)

const kindOf = (value: PdfValue | undefined): string | null =>
  typeof value === 'object' && value !== null && !isArray(value) ? value.kind : null

export const isRef = (value: PdfValue | undefined): value is PdfRef => kindOf(value) === 'ref'
const isDict = (value: PdfValue | undefined): value is PdfDict => kindOf(value) === 'dict'
export const isStream = (value: PdfValue | undefined): value is PdfStream => kindOf(value) === 'stream'
export const isString = (value: PdfValue | undefined): value is PdfString => kindOf(value) === 'string'
export const isName = (value: PdfValue | undefined, name?: string): value is PdfName =>
  kindOf(value) === 'name' && (name === undefined || (value as PdfName).name === name)

/** The dictionary of a dictionary or stream. */
export const dictOf = (value: PdfValue | undefined): PdfDict | null =>
  isDict(value) ? value : isStream(value) ? value.dict : null

export const nameOf = (value: PdfValue | undefined): string | null => (isName(value) ? value.name : null)

/** The bytes that a string stands for. */
export function stringBytes({ raw, hex }: PdfString): Buffer {
  return hex ? hexBytes(raw) : literalBytes(raw)
}

function hexBytes(raw: Buffer): Buffer {
  const digits = raw.toString('latin1').replace(/[\s\0]+/g, '')
  if (!/^[0-9A-Fa-f]*$/.test(digits)) throw new PdfError('Not a hexadecimal string')
  return Buffer.from(digits.length % 2 ? `${digits}0` : digits, 'hex')
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '\n': '',
  '\r': '',
  '\r\n': '',
}

function literalBytes(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, escape: string) => {
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8) & 0xff)
    return ESCAPES[escape] ?? escape
  })
  return Buffer.from(text, 'latin1')
}

/** A text string (§7.9.2.2): UTF-16BE or UTF-8 with their marks, else as PDFDocEncoding, read as Latin-1. */
export function textOf(value: PdfValue | undefined): string | null {
  if (!isString(value)) return null
  const bytes = stringBytes(value)
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3).toString('utf8')
  return bytes.toString('latin1')
}

const DATE = /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(Z|[+-]\d{2}'?(?:\d{2})?'?)?/
const DATE_DEFAULTS = ['', '01', '01', '00', '00', '00', 'Z']

/** A date string (§7.9.4), or null when it is none. Without a zone it is taken as UTC. */
export function dateOf(value: PdfValue | undefined): Date | null {
  const match = DATE.exec(textOf(value) ?? '')
  if (!match) return null
  const [year, month, day, hour, minute, second, zone] = DATE_DEFAULTS.map(
    (otherwise, index) => match[index + 1] ?? otherwise,
  )
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zoneOf(zone ?? 'Z')}`)
  return Number.isNaN(date.getTime()) ? null : date
}

function zoneOf(zone: string): string {
  const digits = zone.replace(/'/g, '')
  return digits.startsWith('Z') ? 'Z' : `${digits.slice(0, 3)}:${digits.slice(3, 5).padEnd(2, '0')}`
}
