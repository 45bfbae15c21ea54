import { readHeader, DerError } from '../shared/asn1/der.ts'
import { segmentSource, type Range, type Source } from '../shared/source.ts'
import type { PdfDocument } from './document.ts'
import { formFields, type FormField } from './fields.ts'
import {
  dateOf,
  dictOf,
  isArray,
  isString,
  nameOf,
  PdfError,
  stringBytes,
  textOf,
  type PdfDict,
  type PdfString,
  type PdfValue,
} from './value.ts'

/** A signature dictionary and the field that shows it. */
export type PdfSignature = Readonly<{
  dict: PdfDict
  fields: readonly FormField[]
  subFilter: string
  isTimestamp: boolean
  declaredTime: Date | null
  /** Only an older revision shows it. */
  isHidden?: true
}>

/** The signatures of a document in the order of their fields; two fields with one dictionary count once (signatures-and-pdf.md §11). */
export function pdfSignatures(document: PdfDocument): PdfSignature[] {
  const byDict = new Map<PdfDict, PdfSignature>()
  for (const field of formFields(document)) {
    const dict = dictOf(document.resolve(field.value)) ?? unreadable(field)
    if (!dict || !isSignature(field, dict)) continue
    const known = byDict.get(dict)
    byDict.set(dict, known ? { ...known, fields: [...known.fields, field] } : describe(document, dict, field))
  }
  return [...byDict.values()]
}

/**
 * A signature field with a value that leads to no dictionary, damaged or missing, holds a broken signature, not none (universal
 * signature forgery).
 */
function unreadable({ type, value }: FormField): PdfDict | null {
  const isEmpty = type !== 'Sig' || value === undefined || value === null
  return isEmpty ? null : { kind: 'dict', entries: new Map(), duplicates: [] }
}

/** By the field's type, or by what the dictionary says of itself when the field has another type. */
function isSignature({ type }: FormField, dict: PdfDict): boolean {
  if (type === 'Sig') return true
  const own = nameOf(dict.entries.get('Type'))
  return own === 'Sig' || own === 'DocTimeStamp' || (dict.entries.has('ByteRange') && dict.entries.has('Contents'))
}

function describe(document: PdfDocument, dict: PdfDict, field: FormField): PdfSignature {
  const subFilter = nameOf(document.entry(dict, 'SubFilter')) ?? ''
  return {
    dict,
    fields: [field],
    subFilter,
    isTimestamp: subFilter === 'ETSI.RFC3161' || nameOf(document.entry(dict, 'Type')) === 'DocTimeStamp',
    declaredTime: dateOf(document.entry(dict, 'M')),
  }
}

/** Where the signature's value lies: what tells one signature from another. Null when it has none. */
export function startOf({ dict }: PdfSignature): number | null {
  const contents = dict.entries.get('Contents')
  return isString(contents) ? contents.start : null
}

/** What a signature covers, once its byte range was found to be sound. */
export type Coverage = Readonly<{
  ranges: readonly [Range, Range]
  /** End of the signed revision. */ end: number
  contents: Buffer
}>

const UNIQUE = ['ByteRange', 'Contents', 'SubFilter', 'Filter', 'Type']

/**
 * The byte range and contents of a signature, strict: attacks live on leniency here (signatures-and-pdf.md §6.1, §11).
 * Throws PdfError saying what is wrong.
 */
export function coverageOf(document: PdfDocument, { dict }: PdfSignature): Coverage {
  const { source } = document
  for (const key of UNIQUE)
    if (dict.duplicates.includes(key)) throw new PdfError(`The signature dictionary has /${key} twice`)
  const contents = dict.entries.get('Contents')
  if (!isString(contents) || !contents.hex)
    throw new PdfError('/Contents is not a hexadecimal string in its dictionary')
  const [start, before, resume, after] = byteRange(dict)
  if (start !== 0) throw new PdfError('/ByteRange does not begin at the beginning of the file')
  if (before !== contents.start || resume !== contents.end)
    throw new PdfError('/ByteRange leaves out more or less than /Contents')
  if (resume + after > source.size) throw new PdfError('/ByteRange ends after the file')
  const end = resume + after
  if (!/%%EOF\s*$/.test(source.read(end - 16, 16).toString('latin1')))
    throw new PdfError('/ByteRange does not end where a revision ends')
  return {
    ranges: [
      { offset: 0, length: before },
      { offset: resume, length: after },
    ],
    end,
    contents: messageIn(digitsOf(contents)),
  }
}

/** Readers leave out what is no digit of a hexadecimal string (ISO 32000-2 §7.3.4.3); in the one place that nobody signed it is refused. */
function digitsOf(contents: PdfString): Buffer {
  const bytes = stringBytes(contents)
  // Counted alone, one blank would pass: the half of an octet that then stands last is filled up.
  if (bytes.length * 2 !== contents.raw.length || /[^0-9A-Fa-f]/.test(contents.raw.toString('latin1')))
    throw new PdfError('/Contents holds more than hexadecimal digits')
  return bytes
}

function byteRange(dict: PdfDict): [number, number, number, number] {
  const value = dict.entries.get('ByteRange')
  if (!isArray(value) || value.length !== 4 || !value.every(isLength))
    throw new PdfError('/ByteRange is not four non-negative integers')
  return value as [number, number, number, number]
}

/** The hole and the end would tell of most others too; nothing is calculated with what is no length. */
const isLength = (value: PdfValue): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** The DER in the zero-padded string: cut at its own length, and nothing but zeros after it. */
function messageIn(bytes: Buffer): Buffer {
  try {
    const { contentStart, length } = readHeader(bytes, 0)
    // BER of indefinite length is followed by its end-of-contents, which padding cannot be told from: it is read whole.
    if (length < 0) return bytes
    const end = contentStart + length
    if (end > bytes.length || !bytes.subarray(end).equals(Buffer.alloc(bytes.length - end)))
      throw new PdfError('/Contents holds more or less than one message')
    return bytes.subarray(0, end)
  } catch (error) {
    if (error instanceof DerError) throw new PdfError('/Contents is not a message')
    throw error
  }
}

export const coveredSource = (source: Source, { ranges }: Coverage): Source => segmentSource(source, ranges)

export type FieldLock = Readonly<{ action: 'All' | 'Include' | 'Exclude'; fields: readonly string[] }>

/**
 * What a signature permits after it, by certification or by the lock of its field (ISO 32000-2 §12.8.2.2, table 236), and the fields that
 * it locks (§12.8.2.4).
 */
export function transforms(
  document: PdfDocument,
  { dict, fields }: PdfSignature,
): { docMdp: 1 | 2 | 3 | null; lock: FieldLock | null } {
  const references = document.entry(dict, 'Reference')
  let docMdp: 1 | 2 | 3 | null = null
  let lock: FieldLock | null = null
  for (const reference of isArray(references) ? references : []) {
    const entry = dictOf(document.resolve(reference))
    const parameters = dictOf(document.entry(entry, 'TransformParams'))
    const method = nameOf(document.entry(entry, 'TransformMethod'))
    if (method === 'DocMDP') docMdp = permission(document.entry(parameters, 'P'))
    if (method === 'FieldMDP') lock = fieldLock(document, parameters)
  }
  return { docMdp: strictest([docMdp, ...fields.map((field) => lockPermission(document, field))]), lock }
}

function lockPermission(document: PdfDocument, { dict }: FormField): 1 | 2 | 3 | null {
  const value = document.entry(dictOf(document.entry(dict, 'Lock')), 'P')
  return value === null ? null : permission(value)
}

/** A later signature may permit less than one before it, never more (table 236). */
export function strictest(permissions: readonly (1 | 2 | 3 | null)[]): 1 | 2 | 3 | null {
  const given = permissions.filter((one) => one !== null)
  return ([1, 2, 3] as const).find((one) => given.includes(one)) ?? null
}

/** Table 257: default 2; a value that is none of the three allows nothing. */
const permission = (value: PdfValue): 1 | 2 | 3 => (value === null ? 2 : value === 2 || value === 3 ? value : 1)

function fieldLock(document: PdfDocument, parameters: PdfDict | null): FieldLock {
  const action = nameOf(document.entry(parameters, 'Action'))
  const fields = document.entry(parameters, 'Fields')
  const names = isArray(fields) ? fields.flatMap((field) => textOf(document.resolve(field)) ?? []) : []
  return { action: action === 'Include' || action === 'Exclude' ? action : 'All', fields: names }
}

/** Whether a lock covers a field: itself or one of its ancestors is named. */
export function isLocked({ action, fields }: FieldLock, name: string): boolean {
  const isNamed = fields.some((field) => name === field || name.startsWith(`${field}.`))
  return action === 'All' || (action === 'Include') === isNamed
}
