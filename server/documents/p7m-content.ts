import { contentStart, signedContent } from './ber.ts'
import { undressed } from './cms-dress.ts'
import { sniff } from './sniff.ts'

/** Signature upon signature upon signature («firma a catena»); signatures-and-pdf.md §1. */
const MOST_LAYERS = 5

/** What was signed: the file inside a p7m, through every layer; undefined if it cannot be reached. */
export function innermostContent(file: Uint8Array): Uint8Array | undefined {
  let bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const content = signedContent(undressed(bytes))
    if (!content) return layer === 0 ? undefined : bytes
    bytes = Buffer.from(content)
  }
  return undefined
}

/** The type of what was signed, from the first bytes of the p7m: what may not be attached may not come in a wrapper either. */
export function sniffInside(head: Buffer, name: string): string | undefined {
  const inner = name.replace(/(?:\.(?:p7m|tsd))+$/i, '')
  let bytes = head
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const message = undressed(bytes)
    const start = contentStart(message)
    if (start === undefined) break
    bytes = message.subarray(start)
  }
  return sniff(bytes, inner)
}
