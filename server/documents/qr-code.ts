import { encodeQR } from 'qr'

/** The modules of a QR code (ISO/IEC 18004), level M: readable with 15 % of it soiled. Rows of dark (true) and light. */
export function qrCode(text: string): boolean[][] {
  // The library draws a margin of at least one module; ours is the white ground of the box.
  const framed = encodeQR(text, 'raw', { ecc: 'medium', border: 1 })
  return framed.slice(1, -1).map((row) => row.slice(1, -1))
}
