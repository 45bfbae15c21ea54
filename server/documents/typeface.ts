import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export type Face = 'regular' | 'bold' | 'code'

const FILES: Readonly<Record<Face, string>> = {
  regular: 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular.ttf',
  bold: 'Titillium_Web/titillium-web-v10-latin-ext_latin-600.ttf',
  code: 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.ttf',
}

export const FACES: readonly Face[] = ['regular', 'bold', 'code']

/** Path of a face of the design system, licensed under the OFL; embedded, as PDF/A wants. */
export function faceFile(face: Face): string {
  const fonts = join(dirname(createRequire(import.meta.url).resolve('bootstrap-italia/package.json')), 'src', 'fonts')
  return join(fonts, FILES[face])
}

/** The face of what is added to a document of ours after it was drawn. */
export const embeddedFace = (): Uint8Array => readFileSync(faceFile('regular'))
