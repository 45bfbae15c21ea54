/** How often something may be tried with a wrong secret before one has to wait. */
export type AttemptLimit = Readonly<{
  /** So many tries until the key is closed. */
  most: number
  /** Milliseconds from the first try until all are forgotten: further tries never prolong it. */
  window: number
}>

/** Counted in the database: by all processes together, and over a restart. */
export type Attempts = Readonly<{
  /**
   * Counts one more try and tells whether it may be made. Asked before the secret is looked at: of twenty that come at once no more than
   * `most` are told yes.
   */
  take(key: string, limit: AttemptLimit): Promise<boolean>
  /** Whether no more tries may be made; counts none. */
  isClosed(key: string, limit: Pick<AttemptLimit, 'most'>): Promise<boolean>
  /** The secret was right: those before it were slips. */
  forget(key: string): Promise<void>
}>

/**
 * The network from which somebody comes: an IPv4 address, or the first 64 bits of an IPv6 address, of which one line has a whole net to
 * choose from (RFC 6177).
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = [], tail = []] = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}
