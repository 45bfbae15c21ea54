import { constants, inflateSync } from 'node:zlib'
import type { PdfDocument } from './document.ts'
import { formFields } from './fields.ts'
import { annotationsOf, pageList } from './pages.ts'
import { dictOf, isArray, isName, isStream, nameOf, PdfError, textOf, type PdfDict, type PdfValue } from './value.ts'
import { revisionEnd } from './xref.ts'

/** What a person should know of a PDF besides its signatures. Codes are stable: the Italian sentence belongs to who shows them. */
export const PDF_WARNINGS = {
  encrypted: 'encrypted: the document is protected by a password or restrictions',
  xfa: 'xfa: the document is a dynamic XFA form',
  javascript: 'javascript: the document contains scripts',
  launch: 'launch: the document can start programs',
  submit: 'submit: the document can send data elsewhere',
  executable: 'executable: a program is attached inside the document',
  attachment: 'attachment: files are attached inside the document',
  external: 'external: the document refers to files outside itself',
  media: 'media: the document contains video, sound or 3D',
  broken: 'broken: parts of the document cannot be read',
} as const

type PdfWarning = keyof typeof PDF_WARNINGS

/** Limits of one inspection: a hostile file must cost no more than a large honest one. */
const MAX_VISITS = 200_000
const MAX_DEPTH = 64

/** Active or unusual content of a document (signatures-and-pdf.md §11: scripts, launch actions, XFA, embedded programs, encryption). */
export function pdfWarnings(document: PdfDocument): PdfWarning[] {
  const found = new Set<PdfWarning>()
  if (document.resolve(document.trailer.entries.get('Encrypt')) !== null) found.add('encrypted')
  try {
    inspect(document, found)
    if (isCutOff(document)) found.add('broken')
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    found.add('broken')
  }
  if (document.defects.length > 0) found.add('broken')
  return [...found]
}

function inspect(document: PdfDocument, found: Set<PdfWarning>): void {
  const catalog = document.catalog()
  const form = dictOf(document.entry(catalog, 'AcroForm'))
  if (form?.entries.has('XFA')) found.add('xfa')
  const names = dictOf(document.entry(catalog, 'Names'))
  if (names?.entries.has('JavaScript')) found.add('javascript')
  const walk = createActionWalk(document, found)
  walk(catalog.entries.get('OpenAction'))
  walkAll(document.entry(catalog, 'AA'), walk)
  if (names?.entries.has('EmbeddedFiles')) inspectFiles(document, names.entries.get('EmbeddedFiles'), found)
  inspectAssociated(document, document.entry(catalog, 'AF'), found)
  for (const { dict } of formFields(document)) {
    walk(dict.entries.get('A'))
    walkAll(document.entry(dict, 'AA'), walk)
  }
  for (const page of pageList(document).pages) {
    walkAll(document.entry(page.dict, 'AA'), walk)
    for (const annotation of annotationsOf(document, page))
      inspectAnnotation(document, dictOf(document.resolve(annotation)), { found, walk })
  }
}

/** A revision that was begun after the last end, and never ended. Throws PdfError. */
function isCutOff({ source }: PdfDocument): boolean {
  const end = revisionEnd(source)
  return /\d\s{1,4}\d{1,5}\s{1,4}obj\b/.test(source.read(end, 1 << 20).toString('latin1'))
}

type Walk = (action: PdfValue | undefined) => void

const ACTIONS: ReadonlyMap<string, PdfWarning> = new Map([
  ['JavaScript', 'javascript'],
  ['Launch', 'launch'],
  ['SubmitForm', 'submit'],
  ['ImportData', 'submit'],
  ['GoToR', 'external'],
  ['GoToE', 'attachment'],
  ['Rendition', 'media'],
  ['Movie', 'media'],
  ['Sound', 'media'],
])

/** Follows an action and those chained to it (ISO 32000-2 §12.6.2). */
function createActionWalk(document: PdfDocument, found: Set<PdfWarning>): Walk {
  const visited = new Set<PdfDict>()
  const walk = (value: PdfValue | undefined, depth = 0): void => {
    const resolved = document.resolve(value)
    if (depth > MAX_DEPTH || visited.size > MAX_VISITS) return
    // A destination is an array too; only dictionaries in it are actions.
    if (isArray(resolved))
      for (const item of resolved.slice(0, MAX_DEPTH)) if (dictOf(document.resolve(item))) walk(item, depth + 1)
    const action = dictOf(resolved)
    if (!action || visited.has(action)) return
    visited.add(action)
    for (const warning of actionWarnings(document, action)) found.add(warning)
    walk(action.entries.get('Next'), depth + 1)
  }
  return (action) => walk(action)
}

function actionWarnings(document: PdfDocument, action: PdfDict): PdfWarning[] {
  const warning = ACTIONS.get(nameOf(document.entry(action, 'S')) ?? '')
  return [...(warning ? [warning] : []), ...(action.entries.has('JS') ? (['javascript'] as const) : [])]
}

function walkAll(actions: PdfValue, walk: Walk): void {
  for (const action of dictOf(actions)?.entries.values() ?? []) walk(action)
}

const MEDIA = new Set(['Screen', 'Movie', 'Sound', '3D', 'RichMedia'])

function inspectAnnotation(
  document: PdfDocument,
  annotation: PdfDict | null,
  { found, walk }: { found: Set<PdfWarning>; walk: Walk },
): void {
  if (!annotation) return
  walk(annotation.entries.get('A'))
  walkAll(document.entry(annotation, 'AA'), walk)
  const subtype = nameOf(document.entry(annotation, 'Subtype')) ?? ''
  if (MEDIA.has(subtype)) found.add('media')
  if (subtype === 'FileAttachment') inspectFile(document, dictOf(document.entry(annotation, 'FS')), found)
}

/** Files associated with the document (ISO 32000-2 §14.13), which need not be in the name tree. */
function inspectAssociated(document: PdfDocument, files: PdfValue, found: Set<PdfWarning>): void {
  if (isArray(files)) for (const file of files) inspectFile(document, dictOf(document.resolve(file)), found)
}

/** The name tree of attached files (§7.7.4). */
function inspectFiles(document: PdfDocument, root: PdfValue | undefined, found: Set<PdfWarning>): void {
  const visited = new Set<PdfDict>()
  const walk = (value: PdfValue | undefined, depth: number): void => {
    const node = dictOf(document.resolve(value))
    if (!node || visited.has(node) || visited.size > 10_000 || depth > MAX_DEPTH) return
    visited.add(node)
    const [kids, names] = [document.entry(node, 'Kids'), document.entry(node, 'Names')]
    if (isArray(kids)) for (const kid of kids) walk(kid, depth + 1)
    if (isArray(names))
      for (let index = 1; index < names.length; index += 2)
        inspectFile(document, dictOf(document.resolve(names[index])), found)
  }
  walk(root, 0)
}

const PROGRAM =
  /\.(exe|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|dll|jar|lnk|pif|reg|sh|app|apk|iso|docm|xlsm|pptm)\s*$/i

function inspectFile(document: PdfDocument, file: PdfDict | null, found: Set<PdfWarning>): void {
  if (!file) return
  found.add('attachment')
  const names = ['UF', 'F'].map((key) => textOf(document.entry(file, key)) ?? '')
  const streams = dictOf(document.entry(file, 'EF'))
  if (names.some((name) => PROGRAM.test(name)) || startsLikeProgram(document, streams)) found.add('executable')
  if (isName(document.entry(file, 'FS'), 'URL')) found.add('external')
}

function startsLikeProgram(document: PdfDocument, streams: PdfDict | null): boolean {
  return [...(streams?.entries.values() ?? [])].some((value) => {
    const stream = document.resolve(value)
    if (!isStream(stream)) return false
    const head = document.source.read(stream.start, 256)
    return /^(MZ|\x7fELF)/.test(expanded(stream.dict, head).toString('latin1', 0, 4))
  })
}

/** The beginning of a stream, compressed or not; of other filters nothing is known. */
function expanded({ entries }: PdfDict, head: Buffer): Buffer {
  const filter = entries.get('Filter')
  if (filter === undefined) return head
  const [only] = isArray(filter) ? filter : [filter]
  if (nameOf(only ?? null) !== 'FlateDecode') return Buffer.alloc(0)
  try {
    return inflateSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 20 })
  } catch {
    return Buffer.alloc(0)
  }
}
