import bwipjs from 'bwip-js/node'

/** The modules of a QR code (ISO/IEC 18004), level M: readable with 15 % of it soiled. Rows of dark (true) and light. */
export function qrCode(text: string): boolean[][] {
  const [symbol] = bwipjs.raw('qrcode', text, 'eclevel=M') as { pixs: number[]; pixx: number; pixy: number }[]
  if (!symbol) throw new Error('No QR code came out')
  const { pixs, pixx, pixy } = symbol
  return Array.from({ length: pixy }, (_, y) => pixs.slice(y * pixx, (y + 1) * pixx).map((module) => module === 1))
}
