import { randomBytes } from 'node:crypto'

/** An unguessable identifier of 128 random bits, 22 characters of base64url: safe in a path, reveals no count. */
export function newId(): string {
  return randomBytes(16).toString('base64url')
}
