const inUnit = (unit: string) =>
  new Intl.NumberFormat('it-IT', { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 })

const UNITS = [
  { bytes: 1_000_000, format: inUnit('megabyte') },
  { bytes: 1000, format: inUnit('kilobyte') },
] as const

const BYTES = { bytes: 1, format: inUnit('byte') }

/** `20 MB`, `1,5 MB`, `300 kB`: decimal units, as operating systems show them. */
export function formatSize(size: number): string {
  const { bytes, format } = UNITS.find((unit) => size >= unit.bytes) ?? BYTES
  return format.format(size / bytes)
}
