import { isCommon, printable } from './printable.ts'
import { directionOf, runsOf, type Run } from './runs.ts'
import { faceFile, otherFace, othersFor, type Face, type OtherFace } from './typeface.ts'

/** What pdfkit keeps for a font of a document; not in its type declarations. */
type EmbeddedFont = {
  font: ParsedFont
  ascender: number
  layoutCache: Record<string, unknown>
  id: string
  ref: () => unknown
  widthOfString: (text: string, size: number, features?: Features) => number
  encode: (text: string, features?: Features) => [codes: string[], positions: Position[]]
}
type Position = Partial<Readonly<Record<'xAdvance' | 'advanceWidth' | 'xOffset' | 'yOffset', number>>>
/** None: all the same to how a text is laid out, but pdfkit then lays out a run as a whole, not word by word from left to right. */
type Features = Readonly<Record<string, never>>
type ParsedFont = Readonly<{
  characterSet: readonly number[]
  glyphForCodePoint: (code: number) => ParsedGlyph
  hasGlyphForCodePoint: (code: number) => boolean
}>

/** `_decode` reads the outline, to see of which others a glyph is made. */
type ParsedGlyph = { _decode: () => unknown }

type Placing = Readonly<{ align?: string; lineWidth?: number }>
type Drawing = PDFKit.PDFDocument & {
  _font: EmbeddedFont
  _fontSize: number
  _fragment: (text: string, x: number, y: number, options: Placing) => void
}

export const embedded = (document: PDFKit.PDFDocument): EmbeddedFont => (document as Drawing)._font

type Shared = Pick<EmbeddedFont, 'font' | 'layoutCache'> & { documents: number }
const parsed = new Map<Face, Shared>()

/** After so many documents the words are forgotten: they are of no more than some hundred people, and take little room. */
const DOCUMENTS_REMEMBERED = 200

/**
 * Each thread reads its fonts once: decoding their kerning anew was half the time of a receipt. The words that all
 * receipts have are laid out once, too: another fifth.
 */
export function openFace(document: PDFKit.PDFDocument, face: Face): void {
  const known = parsed.get(face)
  document.registerFont(face, (known?.font ?? faceFile(face)) as string)
  const own = embedded(document.font(face))
  if (!known) {
    // A glyph keeps the characters for which it was made first. Made as a part of another (the points of a colon), it would have none,
    // and later documents would say nothing where it stands: nothing to copy, nothing to read aloud.
    for (const code of own.font.characterSet) keepOutline(own.font.glyphForCodePoint(code))
    parsed.set(face, { font: own.font, layoutCache: own.layoutCache, documents: 1 })
    return
  }
  known.documents += 1
  if (known.documents % DOCUMENTS_REMEMBERED === 0) known.layoutCache = own.layoutCache
  own.layoutCache = known.layoutCache
}

/** The parts of a face that documents use are the same: each outline is read once in a thread, not again for each document. */
function keepOutline(glyph: ParsedGlyph): void {
  const decode = glyph._decode.bind(glyph)
  let outline: unknown
  glyph._decode = () => (outline ??= decode())
}

const has =
  ({ font }: EmbeddedFont) =>
  (character: string): boolean =>
    font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)

/** Of a document: the other faces that it has needed. Not kept for the next, which is to be the same whatever was drawn before it. */
const opened = new WeakMap<PDFKit.PDFDocument, Map<OtherFace, EmbeddedFont>>()

function open(document: PDFKit.PDFDocument, name: OtherFace): EmbeddedFont {
  const faces = opened.get(document) ?? new Map<OtherFace, EmbeddedFont>()
  opened.set(document, faces)
  const own = embedded(document)
  const face = faces.get(name) ?? embedded(document.registerFont(name, otherFace(name)).font(name))
  faces.set(name, face)
  ;(document as Drawing)._font = own
  return face
}

/**
 * Lets `act` measure or draw a text in the face in use. Where that lacks characters, other faces draw them, run by run; they come into the
 * document only then.
 */
export function typeset<Result>(
  document: PDFKit.PDFDocument,
  { text, face }: { text: string; face: Face },
  act: (drawable: string) => Result,
): Result {
  const own = embedded(document)
  const ownHas = has(own)
  if (isCommon(text)) return act(printable(text, ownHas))
  const plain = printable(text, () => true)
  if (Array.from(plain).every((character) => character === '\n' || ownHas(character))) return act(plain)
  const faces = [() => own, ...othersFor(face).map((name) => () => open(document, name))]
  const drawable = printable(text, (character) => faces.some((each) => has(each())(character)))
  return inFaces(document as Drawing, { faces, direction: directionOf(drawable) }, () => act(drawable))
}

/** A run with its width. */
type Measured = Run & Readonly<{ font: EmbeddedFont; width: number }>

/** pdfkit breaks the lines, measuring with a face that is all of them, and each line is drawn in runs. */
function inFaces<Result>(
  document: Drawing,
  { faces, direction }: { faces: readonly (() => EmbeddedFont)[]; direction: 'ltr' | 'rtl' },
  act: () => Result,
): Result {
  const own = document._font
  const all = faces.map((face) => (character: string) => has(face())(character))
  const measured = (line: string): Measured[] =>
    runsOf(line.replaceAll('\n', ''), direction, all).map((run) => {
      const font = faces[run.face]?.() ?? own
      return { ...run, font, width: font.widthOfString(run.shown, document._fontSize, run.face === 0 ? undefined : {}) }
    })
  const mixed = Object.assign(Object.create(own) as EmbeddedFont, {
    widthOfString: (line: string) => sumOf(measured(line)),
  })
  document._font = mixed
  document._fragment = (line, x, y, { align, lineWidth = 0 }) => {
    // Where one reads from the right, the blank at the end of a line would stand before it.
    const runs = measured(line.trimEnd())
    const left = align === 'right' ? x + lineWidth - sumOf(runs) : x
    for (const run of runs) {
      document._font = run.font
      const before = sumOf(runs.filter(({ place }) => place < run.place))
      drawRun(document, run, { x: left + before, y: y + (own.ascender * document._fontSize) / 1000 })
    }
    document._font = mixed
  }
  try {
    return act()
  } finally {
    document._font = own
    Reflect.deleteProperty(document, '_fragment')
  }
}

const sumOf = (runs: readonly Measured[]): number => runs.reduce((sum, { width }) => sum + width, 0)

/**
 * Runs come in reading order, each where it belongs. What is read from the right is shown in the order of the page, and says so
 * (ISO 32000-1 §14.8.2.3.3): programs that extract text turn it, and would turn an ActualText too. Elsewhere the text itself is told: a
 * glyph may stand for several characters, or before the one that it follows.
 */
function drawRun(document: Drawing, run: Run, { x, y }: { x: number; y: number }): void {
  const { _font: font, _fontSize: size, page } = document
  const plain = run.face === 0 && !run.rightToLeft
  const [codes, positions] = font.encode(run.shown, plain ? undefined : {})
  const { fonts } = page as unknown as { fonts: Record<string, unknown> }
  fonts[font.id] ??= font.ref()
  document.save().transform(1, 0, 0, -1, 0, page.height)
  // Inside the change of coordinates: a marked text is looked for where the mark ends.
  if (run.rightToLeft && !run.mirrored) document.markContent('ReversedChars')
  else if (!plain) document.markContent('Span', { actual: run.text })
  document.addContent(`BT 1 0 0 1 ${rounded(x)} ${rounded(page.height - y)} Tm /${font.id} ${rounded(size)} Tf`)
  document.addContent(shown(codes, positions, size / 1000))
  document.addContent('ET')
  if (!plain) document.endMarkedContent()
  document.restore()
}

/** Moves between glyphs are in thousandths of the size, and backwards (ISO 32000-1 §9.4.3). */
function shown(codes: readonly string[], positions: readonly Position[], scale: number): string {
  const show = codes.map((code, index) => {
    const { xAdvance = 0, advanceWidth = 0, xOffset = 0, yOffset = 0 } = positions[index] ?? {}
    const glyph = `[${xOffset ? rounded(-xOffset) : ''}<${code}>${rounded(xOffset + advanceWidth - xAdvance)}] TJ`
    return yOffset ? `${rounded(yOffset * scale)} Ts ${glyph} 0 Ts` : glyph
  })
  return show
    .join('\n')
    .replaceAll(/>(?:-?0)?\] TJ\n\[</g, '><')
    .replaceAll(/\] TJ\n\[/g, ' ')
}

const rounded = (value: number): string => String(Math.round(value * 1000) / 1000)
