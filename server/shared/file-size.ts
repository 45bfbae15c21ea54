const UNITS = [
  { unit: 'megabyte', bytes: 1_000_000 },
  { unit: 'kilobyte', bytes: 1000 },
  { unit: 'byte', bytes: 1 },
] as const

/** `20 MB`, `1,5 MB`, `300 KB`: decimal units, as operating systems show them. */
export function formatSize(size: number): string {
  const { unit, bytes } = UNITS.find((candidate) => size >= candidate.bytes) ?? UNITS[2]
  return new Intl.NumberFormat('it-IT', { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(
    size / bytes,
  )
}
