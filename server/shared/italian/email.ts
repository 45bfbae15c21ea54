const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The domain in lower case; what is before the `@` belongs to the mailbox's owner. Without what telephones and sentences add: blanks
 * around the `@`, a dot or a comma at the end.
 */
export function normaliseEmail(text: string): string {
  // By `trim`: a pattern for blanks before a sign looks through half a megabyte of them once from each.
  const address = text
    .replace(/[.,;]$/, '')
    .split('@')
    .map((part) => part.trim())
    .join('@')
  const at = address.lastIndexOf('@')
  return at < 0 ? text : address.slice(0, at) + address.slice(at).toLowerCase()
}

/**
 * An address as mail servers on the Internet accept it (RFC 5321 §4.1.2 dot-string, lengths of §4.5.3.1; a domain with a dot).
 * Whether a mailbox is a PEC cannot be told from its syntax.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  const labels = text
    .slice(at + 1)
    .toLowerCase()
    .split('.')
  if (at < 1 || local.length > 64 || text.length > 254 || labels.length < 2) return false
  return LOCAL.test(local) && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
}
