/** `0001234/2026`: at least seven digits (DPR 445/2000 art. 57). */
export const formatProtocol = ({ number, year }: Readonly<{ number: number; year: number }>): string =>
  `${String(number).padStart(7, '0')}/${year}`
