import type { PdfDocument } from './document.ts'
import {
  dictOf,
  isArray,
  isName,
  isRef,
  isStream,
  isString,
  stringBytes,
  PdfError,
  type PdfDict,
  type PdfRef,
  type PdfStream,
  type PdfString,
  type PdfValue,
} from './value.ts'

/** Two revisions of one document side by side. */
export type Revisions = Readonly<{ before: PdfDocument; after: PdfDocument }>

export type Equal = (left: PdfValue | undefined, right: PdfValue | undefined) => boolean

const MAX_DEPTH = 200
const CHUNK = 1 << 16

/**
 * Deep equality of values across two revisions. References in `landmarks` (pages, annotations, fields, the catalog) are equal
 * when they are the same object: each of these is compared in its own right, and everything hangs on them both ways.
 */
export function createEquality(revisions: Revisions, landmarks: ReadonlySet<number>): Equal {
  const beliefs = createBeliefs()
  const { before, after } = revisions

  function equal(left: PdfValue | undefined, right: PdfValue | undefined, depth: number): boolean {
    if (depth > MAX_DEPTH) return false
    if (isRef(left) && isRef(right)) return equalRefs(left, right, depth)
    return equalValues(before.resolve(left), after.resolve(right), depth)
  }

  function equalRefs(left: PdfRef, right: PdfRef, depth: number): boolean {
    if (left.number === right.number && landmarks.has(left.number)) return true
    return beliefs.assuming(`${left.number} ${right.number}`, () =>
      equalValues(before.resolve(left), after.resolve(right), depth),
    )
  }

  function equalValues(left: PdfValue, right: PdfValue, depth: number): boolean {
    if (isArray(left) && isArray(right))
      return left.length === right.length && left.every((item, index) => equal(item, right[index], depth + 1))
    const [leftDict, rightDict] = [dictOf(left), dictOf(right)]
    if (leftDict && rightDict)
      return (
        isStream(left) === isStream(right) &&
        equalDicts(leftDict, rightDict, depth) &&
        equalData(revisions, left, right)
      )
    return equalScalars(left, right)
  }

  function equalDicts(left: PdfDict, right: PdfDict, depth: number): boolean {
    // Readers disagree on which of two values counts: such a dictionary is equal to nothing but itself.
    if (left.duplicates.length > 0 || right.duplicates.length > 0) return left === right
    return [...keysOf(left, right)].every((key) => equal(left.entries.get(key), right.entries.get(key), depth + 1))
  }

  return (left, right) => equal(left, right, 0)
}

/** Pairs believed equal while they are compared, because graphs have loops. */
function createBeliefs() {
  const believed = new Set<string>()
  const trail: string[] = []
  return {
    assuming(pair: string, compare: () => boolean): boolean {
      if (believed.has(pair)) return true
      believed.add(pair)
      const mark = trail.push(pair) - 1
      const holds = compare()
      // What was believed meanwhile rested on an assumption that turned out wrong: all of it is forgotten.
      if (!holds) for (const wrong of trail.splice(mark)) believed.delete(wrong)
      return holds
    },
  }
}

function equalScalars(left: PdfValue, right: PdfValue): boolean {
  if (isString(left) && isString(right)) return sameStrings(left, right)
  if (isName(left) && isName(right)) return left.name === right.name
  return left === right
}

/** Whoever writes an object anew may escape its strings in another way (ISO 32000-2 §7.3.4): they say the same. */
function sameStrings(left: PdfString, right: PdfString): boolean {
  if (left.hex === right.hex && left.raw.equals(right.raw)) return true
  try {
    return stringBytes(left).equals(stringBytes(right))
  } catch (error) {
    // What is no string says nothing that another could say, too.
    if (error instanceof PdfError) return false
    throw error
  }
}

function equalData({ before, after }: Revisions, left: PdfValue, right: PdfValue): boolean {
  if (!isStream(left) || !isStream(right)) return true
  if (left.length !== right.length) return false
  return left.start === right.start || sameBytes({ before, after }, left, right)
}

function sameBytes({ before, after }: Revisions, left: PdfStream, right: PdfStream): boolean {
  const rooms = [Buffer.allocUnsafe(Math.min(CHUNK, left.length)), Buffer.allocUnsafe(Math.min(CHUNK, left.length))]
  for (let at = 0; at < left.length; at += CHUNK) {
    const length = Math.min(CHUNK, left.length - at)
    const was = before.source.read(left.start + at, length, rooms[0])
    if (!was.equals(after.source.read(right.start + at, length, rooms[1]))) return false
  }
  return true
}

export const keysOf = (left: PdfDict, right: PdfDict): Set<string> =>
  new Set([...left.entries.keys(), ...right.entries.keys()])
