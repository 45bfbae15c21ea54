import { readRange, readTail, type ContentSource } from './content-source.ts'
import type { Defect } from './refusal.ts'

/** Is the outer structure of a p7m all there? Whether it says anything is the signature verifier's work. */
export async function checkCms(source: ContentSource): Promise<Defect | undefined> {
  const head = await readRange(source, 0, 64)
  if (head[0] !== 0x30) return checkPem(source, head)
  const form = head[1] ?? 0
  if (form === 0x80) return checkIndefinite(source)
  return declaredEnd(head) > source.size ? 'truncated' : undefined
}

/**
 * BER of indefinite length ends with two zero bytes (X.690 §8.1.5); line ends after it are tolerated (signatures-and-pdf.md
 * §1.1).
 */
async function checkIndefinite(source: ContentSource): Promise<Defect | undefined> {
  const tail = (await readTail(source, 64)).toString('latin1')
  return /\0\0[\0\r\n]*$/.test(tail) ? undefined : 'truncated'
}

/** A PEM has both its marks; bare base64 has none. */
async function checkPem(source: ContentSource, head: Buffer): Promise<Defect | undefined> {
  if (!head.includes('-----BEGIN')) return undefined
  return (await readTail(source, 256)).includes('-----END') ? undefined : 'truncated'
}

/** Where the outer SEQUENCE says that it ends: header and length, X.690 §8.1.3. */
function declaredEnd(head: Buffer): number {
  const first = head[1] ?? 0
  if (first < 0x80) return 2 + first
  const lengthBytes = Math.min(first & 0x7f, 6)
  if (head.length < 2 + lengthBytes) return Infinity
  return 2 + lengthBytes + head.readUIntBE(2, lengthBytes)
}
