/** `0001234/2026`: at least seven digits (DPR 445/2000 art. 57). */
export const formatProtocol = ({ number, year }: Readonly<{ number: number; year: number }>): string =>
  `${String(number).padStart(7, '0')}/${year}`

const NUMBER = /^(?:prot(?:ocollo|\.)?\s*)?(?:n(?:\.|°)?\s*)?(\d{1,10})(?:\s*\/\s*(\d{4}))?$/i

/** `1234`, `0001234`, `1234/2026`, `n. 1234`, `Protocollo n. 1234/2026`, as people copy them from a letter; null when it is no number. */
export function typedProtocol(text: string): Readonly<{ number: number; year?: number }> | null {
  const [, number, year] = NUMBER.exec(text.trim()) ?? []
  if (!number) return null
  return { number: Number(number), ...(year && { year: Number(year) }) }
}
