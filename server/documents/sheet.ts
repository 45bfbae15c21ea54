import PDFDocument from 'pdfkit'
import type { Paper } from './paper.ts'
import { embedded, openFace, typeset } from './sheet-faces.ts'
import { FACES, type Face } from './typeface.ts'

/** A4 in points; margins that leave room for the foot and for the holes of a binder. */
export const PAGE = { width: 595.28, height: 841.89, left: 68, right: 62, top: 48, bottom: 62 } as const
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right
export const COLOURS = { ink: '#17324d', blue: '#0059b3', grey: '#4a5b6c', line: '#c6d0da', tint: '#eff4f9' } as const

export type Style = Readonly<{ face: Face; size: number; colour?: string; lineGap?: number }>
/** What the type declarations of pdfkit lack: elements that are filled after they were made. */
export type Element = Readonly<{ add: (child: Element) => void; end: () => void }>

/** A document being drawn: the cursor, and the structure to which each piece of content belongs. */
export type Sheet = Readonly<{
  document: PDFKit.PDFDocument
  /** The element that holds all others. */
  root: Element
}>

/** An empty document: PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1), first page open. */
export function openSheet({ title, author, issuedAt }: Paper): Sheet {
  const document = new PDFDocument({
    size: 'A4',
    margins: { top: PAGE.top, bottom: PAGE.bottom, left: PAGE.left, right: PAGE.right },
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    lang: 'it-IT',
    displayTitle: true,
    // None by default: opened once by path and once by name it would be read again at every use.
    font: '',
    info: {
      Title: title,
      Author: author,
      Creator: 'Sportello',
      Producer: 'Sportello',
      CreationDate: issuedAt,
      ModDate: issuedAt,
    },
  })
  for (const face of FACES) openFace(document, face)
  document.appendXML(UNIVERSAL_ACCESS)
  const root = document.struct('Document') as unknown as Element
  document.addStructure(root as never)
  return { document, root }
}

/**
 * PDF/UA says of itself what it is (ISO 14289-1 §5); a property that PDF/A does not know must come with its schema
 * (ISO 19005-2 §6.6.2.3.2).
 */
const UNIVERSAL_ACCESS = `
  <rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
  <rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
      xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
    <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
      <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
      <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
      <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
      <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
        <pdfaProperty:name>part</pdfaProperty:name>
        <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
        <pdfaProperty:category>internal</pdfaProperty:category>
        <pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
      </rdf:li></rdf:Seq></pdfaSchema:property>
    </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>`

/** A structure type of ISO 32000-1 §14.8.4, with the attributes that it needs. */
type Tag =
  | string
  | Readonly<{ type: string; scope?: 'Row' | 'Column'; alt?: string; bbox?: readonly [number, number, number, number] }>

/** Draws inside one new element, a child of `parent`: what is drawn is what the element means. */
export function tagged({ document }: Sheet, parent: Element, tag: Tag, draw: () => void): void {
  const { type, ...options } = typeof tag === 'string' ? { type: tag } : tag
  const element = document.struct(type, options, draw) as unknown as Element
  parent.add(element)
  element.end()
}

/** An element that holds others; the caller ends it. */
export function group(sheet: Sheet, parent: Element, tag: string): Element {
  const element = sheet.document.struct(tag) as unknown as Element
  parent.add(element)
  return element
}

/** Draws what carries no meaning: lines, grounds, repeated heads and feet. */
export function artifact(
  { document }: Pick<Sheet, 'document'>,
  draw: () => void,
  type: 'Layout' | 'Pagination' = 'Layout',
): void {
  document.markContent('Artifact', { type })
  draw()
  document.endMarkedContent()
}

const use = ({ document }: Sheet, { face, size }: Style): PDFKit.PDFDocument => document.font(face).fontSize(size)

export const heightOf = (sheet: Sheet, text: string, style: Style, width: number): number => {
  const document = use(sheet, style)
  const options = { width, lineGap: style.lineGap ?? 0 }
  return typeset(document, { text, face: style.face }, (drawable) => document.heightOfString(drawable, options))
}

/** From the top of a line to its baseline. */
export function ascentOf(sheet: Sheet, style: Style): number {
  return (embedded(use(sheet, style)).ascender * style.size) / 1000
}

/** Writes a text in a column; below it the cursor. */
export function write(
  sheet: Sheet,
  text: string,
  style: Style,
  place: { x?: number; y?: number; width?: number; align?: 'left' | 'right' } = {},
): void {
  const { x = PAGE.left, y = sheet.document.y, width = CONTENT_WIDTH, align = 'left' } = place
  const document = use(sheet, style).fillColor(style.colour ?? COLOURS.ink)
  const options = { width, align, lineGap: style.lineGap ?? 0 }
  typeset(document, { text, face: style.face }, (drawable) => document.text(drawable, x, y, options))
}

/** A new page, unless `height` fits on this one; true if it was begun. */
export function makeRoom({ document }: Sheet, height: number): boolean {
  if (document.y + height <= PAGE.height - PAGE.bottom) return false
  document.addPage()
  return true
}

/** Feet of all pages, now that their number is known; then the bytes. */
export async function closeSheet(sheet: Sheet, footer: string): Promise<Uint8Array> {
  const { document, root } = sheet
  root.end()
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page)
    drawFooter(sheet, footer, `pagina ${page + 1} di ${count}`)
    // ISO 14289-1 §7.18.3: the order of annotations is that of the structure; the seal will be one.
    ;(document.page.dictionary.data as Record<string, unknown>)['Tabs'] = 'S'
  }
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise((done) => document.once('end', done))
  document.end()
  await ended
  return Buffer.concat(chunks)
}

function drawFooter(sheet: Sheet, text: string, number: string): void {
  const { document } = sheet
  // Below the margin pdfkit would begin a new page.
  document.page.margins.bottom = 0
  const y = PAGE.height - 46
  artifact(
    sheet,
    () => {
      document
        .moveTo(PAGE.left, y - 8)
        .lineTo(PAGE.width - PAGE.right, y - 8)
        .lineWidth(0.5)
        .stroke(COLOURS.line)
      write(sheet, text, { face: 'regular', size: 8, colour: COLOURS.grey }, { y, width: CONTENT_WIDTH - 80 })
      write(
        sheet,
        number,
        { face: 'regular', size: 8, colour: COLOURS.grey },
        { x: PAGE.width - PAGE.right - 80, y, width: 80, align: 'right' },
      )
    },
    'Pagination',
  )
}
