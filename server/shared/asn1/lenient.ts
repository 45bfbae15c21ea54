import { DerError } from './der.ts'

/** What `read` gives, or `otherwise` where the bytes cannot be read: for data that may only help. */
export function lenient<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return otherwise
    throw error
  }
}
