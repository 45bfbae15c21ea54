import bidiJs from 'bidi-js'
import { MAY_BREAK } from './printable.ts'

/** A piece of a line in one face and one direction, in reading order; `place` is its own from left to right on the page. */
export type Run = Readonly<{
  /** Index of the face. */
  face: number
  /** As it is read. */
  text: string
  /** What to lay out. */
  shown: string
  rightToLeft: boolean
  /** One sign, shown as its mirror image. */
  mirrored: boolean
  place: number
}>

type Has = (character: string) => boolean
type Direction = 'ltr' | 'rtl'
type Piece = { face: number; text: string; level: number; mirror: string | null }

/** Its types speak of a module that has a default; to Node it is the function itself. */
const bidi = (bidiJs as unknown as typeof bidiJs.default)()
const graphemes = new Intl.Segmenter('it', { granularity: 'grapheme' })

/** Letters that are read from the right, as fontkit knows them. */
const FROM_THE_RIGHT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}]/u

/** Where a paragraph begins: with its first letter (Unicode Standard Annex 9, P2 and P3). */
export const directionOf = (text: string): Direction => {
  const [letter = ''] = /\p{L}/u.exec(text) ?? []
  return FROM_THE_RIGHT.test(letter) ? 'rtl' : 'ltr'
}

/** Cuts a line where the face or the direction changes. The first face is the document's own, the others have what it lacks. */
export function runsOf(line: string, direction: Direction, faces: readonly Has[]): Run[] {
  const pieces = piecesOf(line, levelsOf(line, direction), faces)
  const places = placesOf(pieces.map(({ level }) => level))
  return pieces.map(({ face, text, level, mirror }, index) => {
    const rightToLeft = level % 2 === 1
    const shown = mirror ?? turned(text, rightToLeft)
    return { face, text, shown, rightToLeft, mirrored: mirror !== null, place: places.indexOf(index) }
  })
}

const levelsOf = (line: string, direction: Direction): Uint8Array | undefined =>
  FROM_THE_RIGHT.test(line) ? bidi.getEmbeddingLevels(line, direction).levels : undefined

function piecesOf(line: string, levels: Uint8Array | undefined, faces: readonly Has[]): Piece[] {
  const pieces: Piece[] = []
  for (const { text, index } of signsOf(line, faces)) {
    const level = levels?.[index] ?? 0
    const before = pieces.at(-1)
    const last = before?.level === level ? before : undefined
    const piece = { face: faceFor(text, last?.face ?? 0, faces), text, level, mirror: mirrorOf(text, level) }
    if (last && goesOn(last, piece)) last.text += text
    else pieces.push(piece)
  }
  return pieces
}

const mirrorOf = (text: string, level: number): string | null =>
  level % 2 === 1 ? bidi.getMirroredCharacter(text) : null

const goesOn = (last: Piece, piece: Piece): boolean =>
  last.face === piece.face && last.mirror === null && piece.mirror === null

/** What is drawn as one: a letter with its marks, unless no face has all of it. */
function signsOf(line: string, faces: readonly Has[]): { text: string; index: number }[] {
  return [...graphemes.segment(line)]
    .flatMap(({ segment, index }) => {
      const texts = faces.some((has) => hasAll(has, segment)) ? [segment] : Array.from(segment)
      return texts.map((text) => ({ text, index }))
    })
    .filter(({ text }) => text !== MAY_BREAK && faces.some((has) => hasAll(has, text)))
}

/** Letters and marks of one sign stay in one face; blanks and stops stay in that of the word before them. */
function faceFor(text: string, before: number, faces: readonly Has[]): number {
  const has = faces[before]
  if (has && /^[\p{Zs}\p{P}]$/u.test(text) && has(text)) return before
  return faces.findIndex((each) => hasAll(each, text))
}

const hasAll = (has: Has, text: string): boolean => Array.from(text).every((character) => has(character))

/** Indices from left to right (Unicode Standard Annex 9, L2): from the highest level to the lowest odd one what is at or above it is turned. */
function placesOf(levels: readonly number[]): number[] {
  const order = levels.map((_, index) => index)
  for (let level = Math.max(0, ...levels); level > 0; level -= 1) {
    for (let from = 0; from < order.length; from += 1) {
      let to = from
      while (to < order.length && (levels[order[to] ?? 0] ?? 0) >= level) to += 1
      if (to > from) order.splice(from, to - from, ...order.slice(from, to).reverse())
      from = to
    }
  }
  return order
}

/** fontkit lays letters out by their script; what the line turns and it does not (stops alone, Persian digits) is turned here. */
const turned = (text: string, rightToLeft: boolean): string =>
  rightToLeft === FROM_THE_RIGHT.test(text) ? text : Array.from(text).reverse().join('')
