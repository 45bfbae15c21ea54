type Deps = Readonly<{
  /** So many failures until the key is closed. */
  most: number
  /** Milliseconds for which failures count. */
  window: number
  now: () => Date
}>

/** Who makes up keys must not fill the memory. */
const MOST_KEYS = 10_000

/**
 * Counts failures for each key, in the memory of this process: with several processes somebody has so many tries in each, which
 * codes of 60 bits bear.
 */
export function createAttempts({ most, window, now }: Deps) {
  const failures = new Map<string, { count: number; until: number }>()
  const current = (key: string) => {
    const known = failures.get(key)
    return known && known.until > now().getTime() ? known : undefined
  }
  return {
    isOpen: (key: string): boolean => (current(key)?.count ?? 0) < most,
    failed(key: string): void {
      const known = current(key)
      const [oldest] = failures.keys()
      if (!known && failures.size >= MOST_KEYS && oldest !== undefined) failures.delete(oldest)
      failures.set(key, { count: (known?.count ?? 0) + 1, until: known?.until ?? now().getTime() + window })
    },
  }
}
