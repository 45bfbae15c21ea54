const AMOUNT = /^(\d{1,3}(?:\.\d{3})+|\d+)(?:[,.](\d{1,2}))?$/

/**
 * Cents of an amount as people write it: `1.234,50`, `1234.5`, `€ 12`, `12 euro`. A dot before three digits is a thousands separator,
 * as in Italian. Null for anything else, also for amounts that a JSON number cannot hold exactly.
 */
export function parseEuro(text: string): number | null {
  const match = AMOUNT.exec(text.replace(/€|euro?|\s/gi, ''))
  if (!match) return null
  const cents = Number((match[1] ?? '').replaceAll('.', '') + (match[2] ?? '').padEnd(2, '0'))
  return Number.isSafeInteger(cents) ? cents : null
}

/** `1.234,50` from cents. */
export function formatEuro(cents: number): string {
  const text = String(Math.abs(cents)).padStart(3, '0')
  const units = text.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, '.')
  return `${cents < 0 ? '-' : ''}${units},${text.slice(-2)}`
}
