import fontkit, { type Font } from '@cantoo/fontkit'
import { readFileSync } from 'node:fs'
import { isCommon, printable } from './printable.ts'
import { directionOf, runsOf } from './runs.ts'
import { faceFile, otherFace, othersFor } from './typeface.ts'

/** What is added to a document after it was drawn: its lines in runs from left to right, and the faces that they need, embedded as PDF/A wants. */
export type MarkText = Readonly<{
  lines: readonly string[]
  runs: readonly (readonly MarkRun[])[]
  faces: readonly Uint8Array[]
}>

type MarkRun = Readonly<{ face: number; text: string; shown: string; reversed: boolean }>

/** Reads whole fonts: for a thread. */
export function markText(lines: readonly string[]): MarkText {
  const faces = [() => readFileSync(faceFile('regular')), ...othersFor('regular').map((face) => () => otherFace(face))]
  const has = faces.map(hasOf)
  const runs = lines.map((line) => {
    const drawable = printable(line, (character) => has.some((each) => each(character))).replaceAll('\n', ' ')
    return runsOf(drawable, directionOf(drawable), has)
      .toSorted((one, other) => one.place - other.place)
      .map(({ face, text, shown, rightToLeft, mirrored }) => ({
        face,
        text,
        shown,
        reversed: rightToLeft && !mirrored,
      }))
  })
  const used = faces.map((_, face) => face === 0 || runs.some((line) => line.some((run) => run.face === face)))
  return {
    lines,
    runs: runs.map((line) => line.map((run) => ({ ...run, face: used.slice(0, run.face).filter(Boolean).length }))),
    faces: faces.flatMap((read, face) => (used[face] ? [new Uint8Array(read())] : [])),
  }
}

/** A face is read when the ones before it lack a character. */
function hasOf(read: () => Buffer): (character: string) => boolean {
  let font: Font | undefined
  return (character) => {
    if (isCommon(character)) return true
    font ??= fontkit.create(read()) as Font
    return font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)
  }
}
