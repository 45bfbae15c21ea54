/** Ways in which a CMS message travels as text: S/MIME headers, PEM marks, base64 in lines; sometimes base64 of base64. */
const MIME_HEADERS = /^(?:mime-version|content-[a-z-]+):.*\r?\n(?:[a-z-]+:.*\r?\n|[ \t].*\r?\n)*\r?\n/i
const PEM_HEADER = /^\s*-----BEGIN [A-Z0-9 #]+-----/
/** `MI` is how a long DER SEQUENCE begins in base64, `TUl` how that begins in base64 again. */
const BEGINNING = /^(?:MI|TUl)[A-Za-z0-9+/]{37}/
const MOST_ROUNDS = 2

/** The message in binary, from the whole file or from its beginning; what is in no such dress comes back as it is. */
export function undressed(bytes: Buffer): Buffer {
  let message = bytes
  for (let round = 0; round < MOST_ROUNDS && message[0] !== 0x30; round += 1) {
    const body = base64Body(message)
    if (body === undefined) return message
    message = Buffer.from(body, 'base64')
  }
  return message
}

function base64Body(bytes: Buffer): string | undefined {
  // Most files are not text at all, and are not worth the copies.
  const isBase64 = BEGINNING.test(bodyOf(bytes.subarray(0, 4096)))
  return isBase64 ? /^[A-Za-z0-9+/]*/.exec(bodyOf(bytes))?.[0] : undefined
}

function bodyOf(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
  return text.replace(MIME_HEADERS, '').replace(PEM_HEADER, '').replaceAll(/\s/g, '')
}
