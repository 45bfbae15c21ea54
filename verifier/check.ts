import type { BundleFile, BundleIndex } from '../server/bundles/bundle.ts'
import type { Trust } from '../server/signing/trust.ts'
import type { Source } from '../server/shared/source.ts'

/** `unknown`: nothing speaks against it, but what we were given does not suffice to say that it is right. */
export type Outcome = 'passed' | 'unknown' | 'failed'

/** One thing that was looked at, in Italian, for people. */
export type Check = Readonly<{ id: string; title: string; outcome: Outcome; details: readonly string[] }>

/** What the checks work on: an index whose shape is right, and the files that the archive really holds. */
export type Opened = Readonly<{
  index: BundleIndex
  /** By path. Throws ZipError for an entry that cannot be expanded. */
  files: ReadonlyMap<string, () => Source>
  trust: Trust
}>

/** `failed` if there is anything to complain of. */
export const judged = (id: string, title: string, defects: readonly string[], fine: string): Check =>
  defects.length > 0
    ? { id, title, outcome: 'failed', details: defects.slice(0, MOST_DETAILS) }
    : { id, title, outcome: 'passed', details: [fine] }

/** Who makes a thousand defects gets no report of a thousand lines. */
const MOST_DETAILS = 50

const LARGEST_JSON = 32 << 20

/** A JSON file of the bundle, or undefined when it is missing or none. */
export function jsonOf({ files }: Pick<Opened, 'files'>, path: string): unknown {
  try {
    const source = files.get(path)?.()
    return source && source.size <= LARGEST_JSON
      ? (JSON.parse(source.read(0, source.size).toString('utf8')) as unknown)
      : undefined
  } catch {
    // Broken bytes are reported by the check of the files; here there is simply nothing to read.
    return undefined
  }
}

/** A member of something read from outside, undefined when there is no such thing. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

export const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/** Text fit for a report: short, on one line, without marks that turn the direction of writing. */
export const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : 'senza nome').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 150)

export const documentsIn = ({ files }: BundleIndex): readonly BundleFile[] =>
  files.filter(({ role }) => role === 'document')
