/** One line of the table: what was measured, against what, and what the architecture (§8) asks. */
export type Figure = Readonly<{ what: string; measured: string; target: string; good: boolean }>

export const atLeast = (what: string, ratio: number, target: number): Figure => ({
  what,
  measured: ratio.toFixed(2),
  target: `≥ ${target.toFixed(2)}`,
  good: ratio >= target,
})

export const atMost = (what: string, value: number, target: number, unit: string): Figure => ({
  what,
  measured: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`,
  target: `≤ ${target} ${unit}`,
  good: value <= target,
})

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
