import { isDetached } from './ber.ts'
import { undressed } from './cms-dress.ts'
import { extensionOf } from './file-name.ts'
import { EXECUTABLE, JPEG, P7M, P7S, PDF, PNG, TIFF, TSD, ZIP } from './media-type.ts'
import { sniffText } from './sniff-text.ts'
import { isProgram } from '../shared/program.ts'

/** How many first bytes the decision needs: a PDF header may stand anywhere in the first 1024 (ISO 32000-1 annex H.3.4.1). */
export const HEAD_BYTES = 8192

const SIGNATURES: readonly (readonly [hex: string, mediaType: string, offset?: number])[] = [
  ['ffd8ff', JPEG],
  ['89504e470d0a1a0a', PNG],
  ['49492a00', TIFF],
  ['4d4d002a', TIFF],
  ['504b0304', ZIP],
  ['504b0506', ZIP],
  ['47494638', 'image/gif'],
  ['424d', 'image/bmp'],
  ['d0cf11e0a1b11ae1', 'application/x-ole-storage'],
  ['526172211a07', 'application/vnd.rar'],
  ['377abcaf271c', 'application/x-7z-compressed'],
  ['1f8b08', 'application/gzip'],
  ['7b5c727466', 'application/rtf'],
  ['57454250', 'image/webp', 8],
  ['6674797068656963', 'image/heic', 4],
  ['6674797068656978', 'image/heic', 4],
  ['667479706d696631', 'image/heic', 4],
  ['66747970', 'video/mp4', 4],
]

/** Names that an operating system runs whatever the bytes are (a .bat is plain text). */
const RUN_BY_NAME =
  /^(exe|com|scr|pif|bat|cmd|msi|msp|dll|cpl|hta|js|jse|vbs|vbe|wsf|wsh|ps1|psm1|reg|lnk|url|jar|apk|app|dmg|pkg|deb|rpm|sh|py|pl|php|chm|iso|img)$/

const isRunByName = (name: string): boolean => RUN_BY_NAME.test(extensionOf(name))

/**
 * The media type of a file from its first bytes (`HEAD_BYTES` of them, or all), or undefined. Order matters
 * (signatures-and-pdf.md §1.1): a short p7m around a PDF has `%PDF-` in its first kilobyte too.
 * The name decides only among texts (csv or txt) and whether an operating system would run them.
 */
export function sniff(head: Buffer, name: string): string | undefined {
  if (isRunByName(name)) return EXECUTABLE
  return (
    sniffCms(head) ??
    (isProgram(head) ? EXECUTABLE : undefined) ??
    sniffSignature(head) ??
    sniffPdf(head) ??
    sniffText(head, name)
  )
}

function sniffSignature(head: Buffer): string | undefined {
  const found = SIGNATURES.find(([hex, , offset = 0]) => {
    return head.subarray(offset, offset + hex.length / 2).toString('hex') === hex
  })
  return found?.[1]
}

function sniffPdf(head: Buffer): string | undefined {
  return head.subarray(0, 1024).includes('%PDF-') ? PDF : undefined
}

const SIGNED_DATA = Buffer.from('06092a864886f70d010702', 'hex')
const TIMESTAMPED_DATA = Buffer.from('060b2a864886f70d010910011f', 'hex')

/** The header of a SEQUENCE is 2 to 6 bytes; then comes the identifier of what it holds. */
function sniffCms(head: Buffer): string | undefined {
  const message = undressed(head)
  const start = message.subarray(0, 24)
  if (start[0] !== 0x30) return undefined
  if (start.includes(SIGNED_DATA)) return isDetached(message) ? P7S : P7M
  return start.includes(TIMESTAMPED_DATA) ? TSD : undefined
}
