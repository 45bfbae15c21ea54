import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { unwrapWoff } from './woff.ts'

export type Face = 'regular' | 'bold' | 'code'
/** What draws the characters that a face lacks. */
export type OtherFace = 'wide' | 'wide-bold' | 'widest'

const FILES: Readonly<Record<Face, string>> = {
  regular: 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular.ttf',
  bold: 'Titillium_Web/titillium-web-v10-latin-ext_latin-600.ttf',
  code: 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.ttf',
}

export const FACES: readonly Face[] = ['regular', 'bold', 'code']

/**
 * DejaVu Sans has all of Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian and Georgian, and most signs; UnifontEX has the rest of the Basic
 * Multilingual Plane and many emoji, as dots on a grid. Both may be embedded: Bitstream Vera licence, OFL.
 */
const OTHER_FILES: Readonly<Record<OtherFace, string>> = {
  wide: '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff',
  'wide-bold': '@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff',
  widest: '@fontsource/unifontex/files/unifontex-latin-400-normal.woff',
}

const OTHERS: Readonly<Record<Face, readonly OtherFace[]>> = {
  regular: ['wide', 'widest'],
  bold: ['wide-bold', 'widest'],
  code: ['wide', 'widest'],
}

/** Those that are asked for a character that `face` lacks, in this order. */
export const othersFor = (face: Face): readonly OtherFace[] => OTHERS[face]

const require = createRequire(import.meta.url)

/** Path of a face of the design system, licensed under the OFL; embedded, as PDF/A wants. */
export function faceFile(face: Face): string {
  return join(dirname(require.resolve('bootstrap-italia/package.json')), 'src', 'fonts', FILES[face])
}

const unwrapped = new Map<OtherFace, Buffer>()

/** The bytes of another face, read when first needed. */
export function otherFace(face: OtherFace): Buffer {
  const known = unwrapped.get(face) ?? unwrapWoff(readFileSync(require.resolve(OTHER_FILES[face])))
  unwrapped.set(face, known)
  return known
}
