import type { Verification } from '../signing/index.ts'
import { EXECUTABLE } from './media-type.ts'
import type { Defect } from './refusal.ts'

/** What a procedure wants of files with parts that act by themselves: `mark` takes them and tells the filer and the office. */
export type ActiveContentPolicy = 'refuse' | 'mark'

/** Parts that change what is shown, or send it elsewhere: such a document has not the effects of a signed one (DPCM 22/02/2013 art. 4 c. 3). */
const ACTIVE: ReadonlySet<string> = new Set(['javascript', 'xfa', 'submit', 'external', 'media'])

/**
 * Why a file is refused for what acts in it (signatures-and-pdf.md §11), looking into every layer of signatures. What starts or holds
 * a program never comes in, as in archives and office files.
 */
export function activeDefect(report: Verification, policy: ActiveContentPolicy): Defect | undefined {
  const found = new Set(warningsOf(report).map((warning) => warning.split(':')[0] ?? ''))
  if (found.has('executable') || holdsProgram(report)) return 'program-inside'
  if (found.has('launch')) return 'starts-programs'
  return policy === 'refuse' && [...ACTIVE].some((code) => found.has(code)) ? 'active' : undefined
}

/** The head of a message may be long: what it holds is known for sure when it was read to its end. */
const holdsProgram = ({ content }: Verification): boolean =>
  content?.mediaType === EXECUTABLE || (content?.nested !== undefined && holdsProgram(content.nested))

const warningsOf = ({ warnings, content }: Verification): string[] => [
  ...warnings,
  ...(content?.nested ? warningsOf(content.nested) : []),
]
