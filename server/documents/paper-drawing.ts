import { SIGNATURE_PLACE, type Letterhead, type Paper, type Part } from './paper.ts'
import { drawFacts, drawReference, drawTable, factsHeight } from './paper-tables.ts'
import { qrCode } from './qr-code.ts'
import {
  artifact,
  closeSheet,
  COLOURS,
  CONTENT_WIDTH,
  group,
  heightOf,
  makeRoom,
  openSheet,
  PAGE,
  tagged,
  write,
  type Sheet,
  type Style,
} from './sheet.ts'

const TITLE: Style = { face: 'bold', size: 19, colour: COLOURS.ink }
const HEADING: Style = { face: 'bold', size: 12, colour: COLOURS.blue }
const TEXT: Style = { face: 'regular', size: 10.5, lineGap: -0.4 }
const STRONG: Style = { ...TEXT, face: 'bold', size: 11.5 }
const SMALL: Style = { ...TEXT, size: 9, lineGap: -0.4, colour: COLOURS.grey }

/** The PDF of a paper: PDF/A-2a and PDF/UA-1, ready to be sealed. */
export async function drawPaper(paper: Paper): Promise<Uint8Array> {
  const sheet = openSheet(paper)
  drawLetterhead(sheet, paper.letterhead)
  paper.parts.forEach((part, index) => {
    const next = paper.parts[index + 1]
    if (part.kind === 'heading') makeRoom(sheet, HEADING_HEIGHT + togetherHeight(sheet, next))
    // A signature alone on its page would sign nothing that stands there.
    if (next?.kind === 'signature') makeRoom(sheet, lastWordsHeight(sheet, part) + signatureHeight(next))
    drawPart(sheet, part)
  })
  return closeSheet(sheet, paper.footer)
}

function drawLetterhead(sheet: Sheet, { name, office, lines }: Letterhead): void {
  const { document, root } = sheet
  artifact(sheet, () => document.rect(0, 0, PAGE.width, 7).fill(COLOURS.blue))
  const half = CONTENT_WIDTH * 0.5
  const top = 34
  tagged(sheet, root, 'P', () =>
    write(sheet, name, { face: 'bold', size: 17, colour: COLOURS.blue }, { y: top, width: half }),
  )
  tagged(sheet, root, 'P', () =>
    write(sheet, office, { face: 'regular', size: 10, colour: COLOURS.grey }, { width: half }),
  )
  const left = document.y
  const contacts = { x: PAGE.left + half, y: top + 5, width: CONTENT_WIDTH - half, align: 'right' } as const
  tagged(sheet, root, 'P', () =>
    write(sheet, lines.join('\n'), { face: 'regular', size: 8, colour: COLOURS.grey, lineGap: 1.5 }, contacts),
  )
  const y = Math.max(left, document.y) + 8
  artifact(sheet, () =>
    document
      .moveTo(PAGE.left, y)
      .lineTo(PAGE.width - PAGE.right, y)
      .lineWidth(0.8)
      .stroke(COLOURS.blue),
  )
  document.y = y + 14
}

type Draw<Kind extends Part['kind']> = (sheet: Sheet, part: Extract<Part, { kind: Kind }>) => void

const DRAW: { readonly [Kind in Part['kind']]: Draw<Kind> } = {
  title: drawTitle,
  heading: drawHeading,
  text: drawText,
  list: drawList,
  facts: drawFacts,
  reference: drawReference,
  table: drawTable,
  addressee: (sheet, { lines }) => drawLines(sheet, lines, { space: 10 }),
  signature: drawSignature,
  check: drawCheck,
}

/** The cast says what the table above guarantees: each kind of part has the drawing of that kind. */
const drawPart = (sheet: Sheet, part: Part): void => (DRAW[part.kind] as Draw<Part['kind']>)(sheet, part)

function drawTitle(sheet: Sheet, { text, lead }: { text: string; lead?: string }): void {
  const { document, root } = sheet
  const style = text.length > 60 ? { ...TITLE, size: 14 } : TITLE
  tagged(sheet, root, 'H1', () => write(sheet, text, style))
  document.y += 6
  if (lead === undefined) return
  tagged(sheet, root, 'P', () => write(sheet, lead, TEXT))
  document.y += 8
}

const HEADING_HEIGHT = 36
const LARGEST_TOGETHER = 220

/** How much of the part after a heading must stand on the same page: a short table whole, else its first lines. */
function togetherHeight(sheet: Sheet, next: Part | undefined): number {
  if (next?.kind === 'facts') return Math.min(factsHeight(sheet, next.facts), LARGEST_TOGETHER)
  return 3 * TEXT.size
}

/** Of the words before a signature: those of a whole page may go on without their beginning. */
function lastWordsHeight(sheet: Sheet, part: Part): number {
  const words = part.kind === 'text' ? [part.text] : part.kind === 'list' ? part.items : []
  const height = words.reduce((sum, text) => sum + heightOf(sheet, text, TEXT, CONTENT_WIDTH - INDENT) + 6, 0)
  return Math.min(height, LARGEST_TOGETHER)
}

function drawHeading(sheet: Sheet, { text }: { text: string }): void {
  sheet.document.y += 9
  tagged(sheet, sheet.root, 'H2', () => write(sheet, text, HEADING))
  sheet.document.y += 4
}

function drawText(sheet: Sheet, { text, style }: { text: string; style?: 'strong' | 'small' }): void {
  makeRoom(sheet, 2 * TEXT.size)
  tagged(sheet, sheet.root, 'P', () =>
    write(sheet, text, style === 'strong' ? STRONG : style === 'small' ? SMALL : TEXT),
  )
  sheet.document.y += 6
}

const INDENT = 14

function drawList(sheet: Sheet, { items }: { items: readonly string[] }): void {
  const { document, root } = sheet
  const list = group(sheet, root, 'L')
  for (const item of items) {
    const width = CONTENT_WIDTH - INDENT
    makeRoom(sheet, Math.min(heightOf(sheet, item, TEXT, width), 200))
    const row = group(sheet, list, 'LI')
    const { y } = document
    tagged(sheet, row, 'Lbl', () => write(sheet, '•', { ...TEXT, colour: COLOURS.blue }, { width: INDENT }))
    tagged(sheet, row, 'LBody', () => write(sheet, item, TEXT, { x: PAGE.left + INDENT, y, width }))
    row.end()
    document.y += 3
  }
  list.end()
  document.y += 3
}

function drawLines(
  sheet: Sheet,
  lines: readonly string[],
  { space, small = Infinity }: { space: number; small?: number },
): void {
  const { document, root } = sheet
  makeRoom(sheet, lines.length * 16 + 2 * space)
  document.y += space
  const x = PAGE.left + CONTENT_WIDTH * 0.52
  const width = PAGE.width - PAGE.right - x
  lines.forEach((line, index) => {
    const style = index === small ? SMALL : { ...TEXT, face: index === 0 ? ('bold' as const) : ('regular' as const) }
    tagged(sheet, root, 'P', () => write(sheet, line, style, { x, width }))
  })
  document.y += space
}

/** Of a visible signature, in points: its left upper corner is named, so that whoever signs finds it. */
const SIGNATURE_HEIGHT = 54

type Signature = Readonly<{ lines: readonly string[]; place?: boolean }>

const signatureHeight = ({ lines, place }: Signature): number => lines.length * 16 + 32 + (place ? SIGNATURE_HEIGHT : 0)

function drawSignature(sheet: Sheet, signature: Signature): void {
  const { document } = sheet
  const { lines, place } = signature
  if (place) makeRoom(sheet, signatureHeight(signature))
  drawLines(sheet, lines, { space: 8, small: lines.length - 1 })
  if (!place) return
  document.addNamedDestination(SIGNATURE_PLACE, 'XYZ', PAGE.left + CONTENT_WIDTH * 0.52, document.y, null)
  document.y += SIGNATURE_HEIGHT
}

const QR_SIDE = 84

const CHECK: Style = { ...TEXT, size: 9.5, lineGap: -0.6 }
const ADDRESS: Style = { face: 'code', size: 8, colour: COLOURS.blue }
const CHECK_GAP = 3

/** Code and words in one box, as high as the higher of the two. */
function drawCheck(sheet: Sheet, { url, lines }: Omit<Extract<Part, { kind: 'check' }>, 'kind'>): void {
  const { document, root } = sheet
  const place = { x: PAGE.left + QR_SIDE + 26, width: CONTENT_WIDTH - QR_SIDE - 40 }
  const written = [
    ...lines.map(({ text, strong = false }) => ({ text, style: strong ? STRONG : CHECK })),
    { text: url, style: ADDRESS },
  ]
  const heights = written.map(({ text, style }) => heightOf(sheet, text, style, place.width) + CHECK_GAP)
  const inner = Math.max(
    QR_SIDE,
    heights.reduce((sum, height) => sum + height, 0),
  )
  makeRoom(sheet, inner + 40)
  document.y += 8
  const { y } = document
  artifact(sheet, () => document.roundedRect(PAGE.left, y, CONTENT_WIDTH, inner + 20, 4).fill(COLOURS.tint))
  drawQrCode(sheet, url, { x: PAGE.left + 10, y: y + 10 })
  document.y = y + 10
  for (const { text, style } of written) {
    tagged(sheet, root, 'P', () => write(sheet, text, style, place))
    document.y += CHECK_GAP
  }
  document.y = y + inner + 30
}

/** One path, of a rectangle for each run of dark modules; the quiet zone of four modules is the white ground around it. */
function drawQrCode(sheet: Sheet, url: string, { x, y }: { x: number; y: number }): void {
  const { document, root } = sheet
  const modules = qrCode(url)
  const side = QR_SIDE / (modules.length + 8)
  const draw = (): void => {
    document.rect(x, y, QR_SIDE, QR_SIDE).fill('#ffffff')
    modules.forEach((row, line) => {
      for (const { index, 0: run } of row.map(Number).join('').matchAll(/1+/g))
        document.rect(x + (index + 4) * side, y + (line + 4) * side, run.length * side, side)
    })
    document.fill('#000000')
  }
  const bbox = [x, y, x + QR_SIDE, y + QR_SIDE] as const
  tagged(sheet, root, { type: 'Figure', alt: `Codice QR che apre la pagina ${url}`, bbox }, draw)
}
