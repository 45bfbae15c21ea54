import type { Column, Fact } from './paper.ts'
import {
  artifact,
  ascentOf,
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

const LABEL: Style = { face: 'regular', size: 9.5, colour: COLOURS.grey, lineGap: -1 }
const VALUE: Style = { face: 'regular', size: 10.5, lineGap: -1 }
const LARGE: Style = { face: 'bold', size: 20 }
const HEAD: Style = { face: 'bold', size: 9, colour: COLOURS.grey }
const CELL: Style = { face: 'regular', size: 9.5, lineGap: -1 }
const CODE: Style = { face: 'code', size: 8, lineGap: 0.5 }
const LABEL_WIDTH = 128
const INSET = 14
const GAP = 5

type Cell = Readonly<{
  tag: 'TH' | 'TD'
  text: string
  style: Style
  x: number
  width: number
  align?: 'left' | 'right' | undefined
  scope?: 'Row' | 'Column'
}>

/** Cells side by side on one baseline: how far down each begins, and the height of all. */
type Row = Readonly<{ cells: readonly (Cell & { drop: number })[]; height: number }>

/** Label beside value, a thin line between; to assistive technology a table whose rows have a head. */
export function drawFacts(sheet: Sheet, { facts }: { facts: readonly Fact[] }): void {
  const table = group(sheet, sheet.root, 'Table')
  factRows(sheet, facts).forEach((row, index) => {
    if (!makeRoom(sheet, row.height) && index > 0) line(sheet)
    drawRow(sheet, table, row)
  })
  table.end()
  sheet.document.y += 4
}

export const factsHeight = (sheet: Sheet, facts: readonly Fact[]): number =>
  factRows(sheet, facts).reduce((sum, { height }) => sum + height, 0)

const known = new WeakMap<readonly Fact[], Row[]>()

/** Measured once, though the heading above asks for their height before they are drawn. */
function factRows(sheet: Sheet, facts: readonly Fact[]): Row[] {
  const rows = known.get(facts) ?? facts.map((fact) => factRow(sheet, fact))
  known.set(facts, rows)
  return rows
}

const factRow = (sheet: Sheet, [label, value]: Fact): Row =>
  measured(sheet, [
    { tag: 'TH', scope: 'Row', text: label, style: LABEL, x: PAGE.left, width: LABEL_WIDTH },
    {
      tag: 'TD',
      text: value,
      style: VALUE,
      x: PAGE.left + LABEL_WIDTH + 8,
      width: CONTENT_WIDTH - LABEL_WIDTH - 8,
    },
  ])

/** The same in a tinted frame; the first value large, because it is the one that people cite. */
export function drawReference(sheet: Sheet, { facts }: { facts: readonly Fact[] }): void {
  const { document } = sheet
  const left = PAGE.left + INSET
  const label = LABEL_WIDTH - INSET
  const rows = facts.map(([name, value], index) =>
    measured(sheet, [
      { tag: 'TH', scope: 'Row', text: name, style: LABEL, x: left, width: label },
      {
        tag: 'TD',
        text: value,
        style: index === 0 ? LARGE : VALUE,
        x: left + label + 8,
        width: CONTENT_WIDTH - label - 2 * INSET - 8,
      },
    ]),
  )
  const height = rows.reduce((sum, row) => sum + row.height, 2 * GAP)
  makeRoom(sheet, height)
  const { y } = document
  artifact(sheet, () => {
    document.roundedRect(PAGE.left, y, CONTENT_WIDTH, height, 4).fill(COLOURS.tint)
    document.rect(PAGE.left, y, 4, height).fill(COLOURS.blue)
  })
  document.y = y + GAP
  const table = group(sheet, sheet.root, 'Table')
  for (const row of rows) drawRow(sheet, table, row)
  table.end()
  document.y = y + height + 10
}

/** A table with heads of columns, repeated on every page that it reaches. */
export function drawTable(
  sheet: Sheet,
  { columns, rows }: { columns: readonly Column[]; rows: readonly (readonly string[])[] },
): void {
  const table = group(sheet, sheet.root, 'Table')
  const titles = columns.map(({ title }) => title)
  const head = measured(sheet, cellsOf(columns, titles, true))
  drawGround(sheet, head.height)
  drawRow(sheet, table, head)
  for (const texts of rows) {
    const row = measured(sheet, cellsOf(columns, texts, false))
    if (makeRoom(sheet, row.height)) repeatHead(sheet, head)
    drawRow(sheet, table, row)
    line(sheet)
  }
  table.end()
  sheet.document.y += 4
}

function cellsOf(columns: readonly Column[], texts: readonly string[], head: boolean): Cell[] {
  let x: number = PAGE.left
  return columns.map(({ share, code, align }, index) => {
    const width = share * CONTENT_WIDTH
    const cell: Cell = {
      ...(head ? ({ tag: 'TH', scope: 'Column' } as const) : ({ tag: 'TD' } as const)),
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

function measured(sheet: Sheet, cells: readonly Cell[]): Row {
  const ascents = cells.map(({ style }) => ascentOf(sheet, style))
  const baseline = Math.max(...ascents)
  const placed = cells.map((cell, index) => ({ ...cell, drop: baseline - (ascents[index] ?? 0) }))
  const heights = placed.map(({ text, style, width, drop }) => drop + heightOf(sheet, text, style, width))
  return { cells: placed, height: Math.max(...heights) + GAP }
}

/** A head on a further page is decoration: the structure has it once. */
function repeatHead(sheet: Sheet, { cells, height }: Row): void {
  const { document } = sheet
  const { y } = document
  drawGround(sheet, height)
  artifact(
    sheet,
    () => {
      for (const cell of cells) drawCell(sheet, cell, y)
    },
    'Pagination',
  )
  document.y = y + height
}

function drawGround({ document }: Sheet, height: number): void {
  const { y } = document
  artifact({ document }, () => document.rect(PAGE.left, y, CONTENT_WIDTH, height).fill(COLOURS.tint))
  document.y = y
}

function drawRow(sheet: Sheet, table: Element, { cells, height }: Row): void {
  const { document } = sheet
  const { y } = document
  const row = group(sheet, table, 'TR')
  for (const cell of cells) {
    const { tag: type, scope } = cell
    tagged(sheet, row, { type, ...(scope && { scope }) }, () => drawCell(sheet, cell, y))
  }
  row.end()
  document.y = y + height
}

function drawCell(
  sheet: Sheet,
  { text, style, x, width, align = 'left', drop }: Row['cells'][number],
  y: number,
): void {
  write(sheet, text, style, { x, y: y + GAP / 2 + drop, width, align })
}

function line({ document }: Pick<Sheet, 'document'>): void {
  const { y } = document
  artifact({ document }, () =>
    document
      .moveTo(PAGE.left, y)
      .lineTo(PAGE.width - PAGE.right, y)
      .lineWidth(0.4)
      .stroke(COLOURS.line),
  )
  document.y = y
}
