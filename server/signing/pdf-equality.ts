import type { PdfDocument } from './pdf-document.ts'
import { dictOf, isArray, isRef, isStream, isString, type PdfDict, type PdfStream, type PdfValue } from './pdf-value.ts'

/** Two revisions of one document side by side. */
export type Revisions = Readonly<{ before: PdfDocument; after: PdfDocument }>

const MAX_DEPTH = 200
const CHUNK = 1 << 20

/**
 * Deep equality of values across two revisions. References in `landmarks` (pages, annotations, fields, their parents) are equal
 * when they are the same object: each of these is compared in its own right, and everything hangs on them both ways.
 */
export function createEquality({ before, after }: Revisions, landmarks: ReadonlySet<number>) {
  const assumed = new Set<string>()
  const trail: string[] = []

  /** What was believed while something turned out different rested on a wrong assumption: all of it is forgotten. */
  function forgetFrom(mark: number): void {
    for (const pair of trail.splice(mark)) assumed.delete(pair)
  }

  function equal(left: PdfValue | undefined, right: PdfValue | undefined, depth = 0): boolean {
    if (depth > MAX_DEPTH) return false
    if (isRef(left) && isRef(right)) {
      if (left.number === right.number && landmarks.has(left.number)) return true
      const pair = `${left.number} ${right.number}`
      if (assumed.has(pair)) return true
      assumed.add(pair)
      const mark = trail.push(pair) - 1
      const same = equalValues(before.resolve(left), after.resolve(right), depth)
      if (!same) forgetFrom(mark)
      return same
    }
    return equalValues(before.resolve(left), after.resolve(right), depth)
  }

  function equalValues(left: PdfValue, right: PdfValue, depth: number): boolean {
    if (isArray(left))
      return (
        isArray(right) &&
        left.length === right.length &&
        left.every((item, index) => equal(item, right[index], depth + 1))
      )
    if (isString(left)) return isString(right) && left.hex === right.hex && left.raw.equals(right.raw)
    const [leftDict, rightDict] = [dictOf(left), dictOf(right)]
    if (leftDict && rightDict)
      return isStream(left) === isStream(right) && equalDicts(leftDict, rightDict, depth) && equalData(left, right)
    if (typeof left === 'object' && left !== null)
      return (
        typeof right === 'object' &&
        right !== null &&
        !isArray(right) &&
        'name' in left &&
        'name' in right &&
        left.name === right.name
      )
    return left === right
  }

  function equalDicts(left: PdfDict, right: PdfDict, depth: number): boolean {
    // Readers disagree on which of two values counts: such a dictionary is equal to nothing but itself.
    if (left.duplicates.length > 0 || right.duplicates.length > 0) return left === right
    const keys = new Set([...left.entries.keys(), ...right.entries.keys()])
    for (const key of keys) if (!equal(left.entries.get(key), right.entries.get(key), depth + 1)) return false
    return true
  }

  function equalData(left: PdfValue, right: PdfValue): boolean {
    if (!isStream(left) || !isStream(right)) return true
    if (left.length !== right.length) return false
    return left.start === right.start || sameBytes(left, right)
  }

  function sameBytes(left: PdfStream, right: PdfStream): boolean {
    for (let at = 0; at < left.length; at += CHUNK) {
      const length = Math.min(CHUNK, left.length - at)
      if (!before.source.read(left.start + at, length).equals(after.source.read(right.start + at, length))) return false
    }
    return true
  }

  return equal
}

export type Equal = ReturnType<typeof createEquality>

export const keysOf = (left: PdfDict, right: PdfDict): Set<string> =>
  new Set([...left.entries.keys(), ...right.entries.keys()])
