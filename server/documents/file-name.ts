import { composed } from '../shared/plain-text.ts'
import { fileType, nameFits } from './media-type.ts'

const LONGEST = 150

/**
 * Controls, half pairs and noncharacters, and the marks that turn the direction of writing:
 * `fattura‮fdp.exe` would be shown as `fatturaexe.pdf`.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

/** A name fit to be shown and offered for download; never used as a path. */
export function cleanName(given: string): string {
  const last = composed(given.replaceAll(INVISIBLE, '')).split(/[/\\]/).at(-1) ?? ''
  const name = last
    .replaceAll(/[<>:"|?*]/g, '_')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^\.+/, '')
  if (name === '') return 'documento'
  return shorten(name)
}

function shorten(name: string): string {
  const characters = Array.from(name)
  if (characters.length <= LONGEST) return name
  const extension = extensionOf(name).slice(0, 10)
  return `${characters.slice(0, LONGEST - 12).join('')}….${extension}`
}

/** Lower case, without the dot; empty if there is none. */
export const extensionOf = (name: string): string => /\.([\p{L}\p{N}]+)$/u.exec(name)?.[1]?.toLowerCase() ?? ''

/** The name to save under: a JPEG that came as `planimetria.pdf` leaves as `planimetria.pdf.jpg`, so that it opens. */
export function downloadName({ name, mediaType }: { name: string; mediaType: string }): string {
  if (nameFits(extensionOf(name), mediaType)) return name
  const extension = fileType(mediaType).extensions[0]
  return extension === undefined ? name : `${name}.${extension}`
}
