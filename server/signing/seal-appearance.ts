import type { PDFDocument, PDFFont, PDFPage, PDFRef } from '@cantoo/pdf-lib'
import { embedListed } from './glyph-list.ts'
import { placeIn } from './pdf-place.ts'
import { lib } from './pdf-update.ts'

/** The seal's visible form: the only mark that a signed PDF admits (signatures-and-pdf.md §0.4, §12). */
export type SealAppearance = Readonly<{
  /** From 0; where the document names the place, only if it does not. */
  page: number
  /**
   * Left, bottom, right, top in points of the page; a strip at the foot of the page as it is shown, however turned and cropped; or
   * the size of a place that the document names, else the strip.
   */
  rect: Rect | 'foot' | NamedPlace
  lines: readonly string[]
  /** Rows of modules of a QR code to stand before the lines, true for dark. */
  code?: readonly (readonly boolean[])[] | undefined
  /** TrueType faces to embed, as PDF/A wants it (ISO 19005-2 §6.2.11.4); without them Helvetica, which viewers bring. */
  faces?: readonly Uint8Array[] | undefined
  /** Each line in pieces of one face; without them a character that the only face lacks becomes a question mark. */
  runs?: readonly (readonly AppearanceRun[])[] | undefined
}>

/** Pieces come from left to right; what is `reversed` is read from the right. */
type AppearanceRun = Readonly<{ face: number; text: string; shown: string; reversed: boolean }>

/** An appearance whose page and place are known. */
type PlacedAppearance = Omit<SealAppearance, 'rect'> & Readonly<{ rect: Rect | 'foot' }>

type NamedPlace = Readonly<{ place: string; width: number; height: number }>

type Rect = readonly [left: number, bottom: number, right: number, top: number]

/** Where the form stands on the page, how large it is for who reads it, and how it is turned to stand upright. */
type Placed = Readonly<{ rect: Rect; width: number; height: number; matrix: readonly number[] }>

/** Strip for an A4 page, in points; larger pages get a larger one, so that a plan's mark can be read when the plan is. */
const FOOT = { width: 330, height: 44, margin: 9, page: 595 }
const UPRIGHT = [1, 0, 0, 1, 0, 0]

/** Finds the place that the document itself names. */
export function placedOn(document: PDFDocument, appearance: SealAppearance): PlacedAppearance {
  const { rect } = appearance
  if (rect === 'foot' || !('place' in rect)) return { ...appearance, rect }
  const point = placeIn(document, rect.place)
  if (!point) return { ...appearance, rect: 'foot' }
  const { page, left, top } = point
  return { ...appearance, page, rect: [left, top - rect.height, left + rect.width, top] }
}

/** The widget's rectangle and its drawn form. Without an appearance both are empty: PDF/A wants a form even there. */
export async function drawAppearance(
  document: PDFDocument,
  appearance: PlacedAppearance | undefined,
): Promise<{ rect: readonly number[]; form: PDFRef }> {
  const { context } = document
  const common = { Type: 'XObject', Subtype: 'Form' }
  if (!appearance) {
    const empty = context.stream('', { ...common, BBox: [0, 0, 0, 0], Resources: {} })
    return { rect: [0, 0, 0, 0], form: context.register(empty) }
  }
  const placed = place(appearance, document.getPage(appearance.page))
  const fonts = await fontsFor(document, appearance)
  const form = context.stream(draw(appearance, placed, fonts), {
    ...common,
    BBox: [0, 0, placed.width, placed.height],
    Matrix: [...placed.matrix],
    Resources: { Font: Object.fromEntries(fonts.map(({ ref }, index) => [fontName(index), ref])) },
  })
  if (appearance.faces) await Promise.all(fonts.map(embedListed))
  return { rect: placed.rect, form: context.register(form) }
}

async function fontsFor(document: PDFDocument, { faces }: PlacedAppearance): Promise<PDFFont[]> {
  if (!faces) return [await document.embedFont(lib.StandardFonts.Helvetica)]
  const { default: fontkit } = await import('@cantoo/fontkit')
  document.registerFontkit(fontkit)
  // A part of a face says so in its name (ISO 32000-1 §9.6.4).
  const named = (index: number) => `FIRMA${String.fromCharCode(65 + index)}+Face`
  return Promise.all(faces.map((face, index) => document.embedFont(face, { subset: true, customName: named(index) })))
}

const fontName = (index: number): string => `F${index + 1}`

function place({ rect }: PlacedAppearance, page: PDFPage): Placed {
  if (rect === 'foot') return atFoot(page)
  return { rect, width: rect[2] - rect[0], height: rect[3] - rect[1], matrix: UPRIGHT }
}

/** ISO 32000-1 §7.7.3.3: a page is shown turned clockwise by `/Rotate`, so what is drawn on it is turned the other way. */
function atFoot(page: PDFPage): Placed {
  const [left, bottom, right, top] = shownOf(page)
  const turn = ((page.getRotation().angle % 360) + 360) % 360
  const shown = turn % 180 === 0 ? right - left : top - bottom
  const scale = Math.max(0.5, Math.min(right - left, top - bottom) / FOOT.page)
  const margin = FOOT.margin * scale
  const width = Math.min(FOOT.width * scale, shown - 2 * margin)
  const height = FOOT.height * scale
  const [nearLeft, nearBottom, nearRight, nearTop] = [left + margin, bottom + margin, right - margin, top - margin]
  if (turn === 90)
    return {
      rect: [nearRight - height, nearBottom, nearRight, nearBottom + width],
      width,
      height,
      matrix: [0, 1, -1, 0, 0, 0],
    }
  if (turn === 180)
    return {
      rect: [nearRight - width, nearTop - height, nearRight, nearTop],
      width,
      height,
      matrix: [-1, 0, 0, -1, 0, 0],
    }
  if (turn === 270)
    return { rect: [nearLeft, nearTop - width, nearLeft + height, nearTop], width, height, matrix: [0, -1, 1, 0, 0, 0] }
  return { rect: [nearLeft, nearBottom, nearLeft + width, nearBottom + height], width, height, matrix: UPRIGHT }
}

/** What viewers show of a page: the crop as far as there is a page under it (ISO 32000-1 §14.11.2.1). */
function shownOf(page: PDFPage): Rect {
  const [media, crop] = [page.getMediaBox(), page.getCropBox()]
  const left = Math.max(media.x, crop.x)
  const bottom = Math.max(media.y, crop.y)
  const right = Math.min(media.x + media.width, crop.x + crop.width)
  const top = Math.min(media.y + media.height, crop.y + crop.height)
  if (left < right && bottom < top) return [left, bottom, right, top]
  return [media.x, media.y, media.x + media.width, media.y + media.height]
}

function draw(appearance: PlacedAppearance, { width, height }: Placed, fonts: readonly PDFFont[]): string {
  const { code } = appearance
  const inset = height * 0.09
  const left = code ? height : inset
  const lines = piecesOf(appearance, fonts)
  const widths = lines.map((line) => line.reduce((sum, { font, shown }) => sum + font.widthOfTextAtSize(shown, 1), 0))
  const size = Math.min(
    height * 0.2,
    (height - 2 * inset) / Math.max(1, lines.length) / 1.25,
    (width - left - inset) / Math.max(1, ...widths),
  )
  const shown = lines.map((line) => `${line.map((piece) => drawPiece(piece, size)).join(' ')} T*`).join('\n')
  return [
    // A white ground: the mark must be read also on a scanned sheet. Grey is known to every output intent of PDF/A (ISO 19005-2 §6.2.4.3).
    `q 1 g 0 0 ${width} ${height} re f 0.5 w 0 G 0.25 0.25 ${width - 0.5} ${height - 0.5} re S 0 g`,
    code ? drawCode(code, height) : '',
    `BT ${size * 1.25} TL ${left} ${height - inset - size} Td\n${shown}\nET Q`,
  ].join('\n')
}

type Piece = AppearanceRun & Readonly<{ font: PDFFont }>

function piecesOf({ lines, runs }: PlacedAppearance, fonts: readonly PDFFont[]): Piece[][] {
  const font = fonts[0] as PDFFont
  const whole = (text: string): AppearanceRun[] => [{ face: 0, text, shown: encodable(text, font), reversed: false }]
  return (runs ?? lines.map(whole)).map((line) => line.map((run) => ({ ...run, font: fonts[run.face] ?? font })))
}

/** Says how it is read as the sheets of the municipality do (documents/sheet-faces.ts). */
function drawPiece({ font, face, text, shown, reversed }: Piece, size: number): string {
  const drawn = `/${fontName(face)} ${size} Tf ${font.encodeText(shown).toString()} Tj`
  if (reversed) return `/ReversedChars BMC ${drawn} EMC`
  if (face === 0) return drawn
  return `/Span << /ActualText ${lib.PDFHexString.fromText(text).toString()} >> BDC ${drawn} EMC`
}

/** One path of squares, four light modules around them (ISO/IEC 18004 §9.1). */
function drawCode(code: readonly (readonly boolean[])[], height: number): string {
  const side = height / (code.length + 8)
  const squares = code.flatMap((row, y) =>
    row.flatMap((dark, x) => (dark ? [`${(x + 4) * side} ${height - (y + 5) * side} ${side} ${side} re`] : [])),
  )
  return `${squares.join('\n')} f`
}

function encodable(line: string, font: PDFFont): string {
  const known = new Set(font.getCharacterSet())
  return Array.from(line.normalize('NFC'), (character) =>
    known.has(character.codePointAt(0) ?? 0) ? character : '?',
  ).join('')
}
