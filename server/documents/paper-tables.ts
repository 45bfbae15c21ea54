import type { Column, Fact } from './paper.ts'
import {
  artifact,
  COLOURS,
  CONTENT_WIDTH,
  group,
  heightOf,
  makeRoom,
  PAGE,
  tagged,
  write,
  type Element,
  type Sheet,
  type Style,
} from './sheet.ts'

const LABEL: Style = { face: 'regular', size: 9.5, colour: COLOURS.grey, lineGap: 1.5 }
const VALUE: Style = { face: 'regular', size: 10.5, lineGap: 1.5 }
const HEAD: Style = { face: 'bold', size: 9, colour: COLOURS.grey }
const CELL: Style = { face: 'regular', size: 9.5, lineGap: 1 }
const CODE: Style = { face: 'code', size: 7.6, lineGap: 1.5 }
const GAP = 5

type Cell = Readonly<{
  tag: 'TH' | 'TD'
  text: string
  style: Style
  x: number
  width: number
  align?: 'right' | undefined
  scope?: 'Row' | 'Column'
}>

/** Label beside value, a thin line between; to assistive technology a table whose rows have a head. */
export function drawFacts(sheet: Sheet, facts: readonly Fact[]): void {
  const label = 128
  const table = group(sheet, sheet.root, 'Table')
  facts.forEach(([name, value], index) => {
    if (index > 0) line(sheet)
    drawRow(sheet, table, [
      { tag: 'TH', scope: 'Row', text: name, style: LABEL, x: PAGE.left, width: label },
      { tag: 'TD', text: value, style: VALUE, x: PAGE.left + label + 8, width: CONTENT_WIDTH - label - 8 },
    ])
  })
  table.end()
  sheet.document.y += 4
}

/** The same in a tinted frame; the first value large, because it is the one that people cite. */
export function drawReference(sheet: Sheet, facts: readonly Fact[]): void {
  const { document } = sheet
  const inset = 14
  const label = 118
  const width = CONTENT_WIDTH - label - 2 * inset
  const rows = facts.map(([name, value], index): Cell[] => [
    { tag: 'TH', scope: 'Row', text: name, style: LABEL, x: PAGE.left + inset, width: label },
    {
      tag: 'TD',
      text: value,
      style: index === 0 ? { face: 'bold', size: 20, colour: COLOURS.ink } : VALUE,
      x: PAGE.left + inset + label,
      width,
    },
  ])
  const height = rows.reduce((sum, row) => sum + rowHeight(sheet, row) + 2, 2 * GAP)
  makeRoom(sheet, height + 10)
  const { y } = document
  artifact(sheet, () => {
    document.roundedRect(PAGE.left, y, CONTENT_WIDTH, height, 4).fill(COLOURS.tint)
    document.rect(PAGE.left, y, 4, height).fill(COLOURS.blue)
  })
  document.y = y + GAP
  const table = group(sheet, sheet.root, 'Table')
  for (const row of rows) {
    drawRow(sheet, table, row)
    document.y += 2
  }
  table.end()
  document.y = y + height + 14
}

/** A table with heads of columns, repeated on every page that it reaches. */
export function drawTable(
  sheet: Sheet,
  { columns, rows }: { columns: readonly Column[]; rows: readonly (readonly string[])[] },
): void {
  const table = group(sheet, sheet.root, 'Table')
  const head = cells(
    columns,
    columns.map(({ title }) => title),
    true,
  )
  drawHead(sheet, head, () => drawRow(sheet, table, head))
  for (const row of rows) {
    const body = cells(columns, row, false)
    // A second head is decoration: the structure has it once.
    if (makeRoom(sheet, rowHeight(sheet, body)))
      drawHead(sheet, head, () => artifact(sheet, () => drawCells(sheet, head), 'Pagination'))
    drawRow(sheet, table, body)
    line(sheet)
  }
  table.end()
  sheet.document.y += 4
}

function cells(columns: readonly Column[], texts: readonly string[], head: boolean): Cell[] {
  let x: number = PAGE.left
  return columns.map(({ share, code, align }, index) => {
    const width = share * CONTENT_WIDTH
    const cell: Cell = {
      ...(head ? { tag: 'TH', scope: 'Column' } : { tag: 'TD' }),
      text: texts[index] ?? '',
      style: head ? HEAD : code ? CODE : CELL,
      x: x + 4,
      width: width - 10,
      align,
    }
    x += width
    return cell
  })
}

function drawHead(sheet: Sheet, head: readonly Cell[], draw: () => void): void {
  const { document } = sheet
  const height = rowHeight(sheet, head)
  const { y } = document
  artifact(sheet, () => document.rect(PAGE.left, y, CONTENT_WIDTH, height).fill(COLOURS.tint))
  document.y = y
  draw()
}

function drawRow(sheet: Sheet, table: Element, row: readonly Cell[]): void {
  const { document } = sheet
  makeRoom(sheet, rowHeight(sheet, row))
  const bottom = document.y + rowHeight(sheet, row)
  const y = document.y + GAP / 2
  const element = group(sheet, table, 'TR')
  for (const cell of row)
    tagged(sheet, element, cell.tag, () => drawCell(sheet, cell, y), cell.scope ? { scope: cell.scope } : {})
  element.end()
  document.y = bottom
}

function drawCells(sheet: Sheet, row: readonly Cell[]): void {
  const { document } = sheet
  const bottom = document.y + rowHeight(sheet, row)
  const y = document.y + GAP / 2
  for (const cell of row) drawCell(sheet, cell, y)
  document.y = bottom
}

function drawCell(
  sheet: Sheet,
  {
    text,
    style,
    x,
    width,
    align = 'left' as 'left' | 'right',
  }: Omit<Cell, 'align'> & { align?: 'left' | 'right' | undefined },
  y: number,
): void {
  write(sheet, text, style, { x, y, width, align })
}

const rowHeight = (sheet: Sheet, row: readonly Cell[]): number =>
  Math.max(...row.map(({ text, style, width }) => heightOf(sheet, text, style, width))) + GAP

function line(sheet: Sheet): void {
  const { document } = sheet
  const { y } = document
  artifact(sheet, () =>
    document
      .moveTo(PAGE.left, y)
      .lineTo(PAGE.width - PAGE.right, y)
      .lineWidth(0.4)
      .stroke(COLOURS.line),
  )
}
