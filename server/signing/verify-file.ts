import { withFileSource, type Source } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import type { Verification } from './verification.ts'
import { unreadable, verify } from './verify.ts'

/** Validates a file on disk without holding it in memory. `detached` is the path of the data that a detached signature is about. */
export function verifyFile(
  path: string,
  { detached, name = path }: { detached: string | null; name?: string },
  trust: Trust,
): Verification {
  try {
    return withFileSource(path, (source) =>
      withDetached(detached, (data) => verify({ source, name, detached: data }, trust)),
    )
  } catch (error) {
    if (!isFileError(error)) throw error
    return unreadable(name, trust.at, `The file cannot be opened: ${error.code}`)
  }
}

const withDetached = <T>(path: string | null, use: (source: Source | undefined) => T): T =>
  path === null ? use(undefined) : withFileSource(path, use)

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error
