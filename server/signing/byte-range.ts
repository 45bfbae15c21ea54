/** Room for a signature with its chain and a time stamp: 8–10 KB in practice (signatures-and-pdf.md §6.1). */
export const CONTENTS_BYTES = 16_384
export const RANGE_PLACEHOLDER = '**********'

export type Placeholder = Readonly<{
  bytes: Buffer
  /** Offsets of `<` and after `>` of `/Contents`. */ start: number
  end: number
}>

/** Finds the last placeholder and writes its byte range, padded so that nothing moves. */
export function fillByteRange(bytes: Buffer): Placeholder {
  const rangeAt = bytes.lastIndexOf(`/${RANGE_PLACEHOLDER}`)
  const arrayStart = bytes.lastIndexOf('[', rangeAt)
  const arrayEnd = bytes.indexOf(']', rangeAt) + 1
  const start = bytes.indexOf('<', bytes.indexOf('/Contents', bytes.lastIndexOf(' obj', rangeAt)))
  const end = bytes.indexOf('>', start) + 1
  const range = `[0 ${start} ${end} ${bytes.length - end}]`
  if (rangeAt < 0 || end - start !== CONTENTS_BYTES * 2 + 2 || range.length > arrayEnd - arrayStart)
    throw new Error('Signature placeholder not found')
  bytes.write(range.padEnd(arrayEnd - arrayStart), arrayStart, 'latin1')
  return { bytes, start, end }
}

/** Puts the message in its place; the rest stays zero. */
export function fillContents({ bytes, start, end }: Placeholder, message: Buffer): Buffer {
  if (message.length * 2 > end - start - 2) throw new Error('The signature is larger than its place')
  bytes.write(message.toString('hex'), start + 1, 'latin1')
  return bytes
}
