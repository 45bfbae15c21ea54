import type { Certificate } from '../certificates/index.ts'
import { LIST_OF_LISTS, parseTrustedList, type ReadList } from '../signing/index.ts'

/** Between two publications in the Official Journal there were eight at most; whoever names more wants to keep us busy. */
const MOST_PIVOTS = 30

type Means = Readonly<{ fetch: (address: string) => Promise<Buffer>; read: ReadList }>

/**
 * Who may sign the list of the lists now. New certificates are not printed in the Official Journal at once: a pivot, a list of the lists
 * signed by those who might until then, names those who may from then on (signatures-and-pdf.md §8.3). `addresses`: those of the pivots,
 * newest first. Walks back to one that the `pinned` signed, and forward again, each pivot by those whom the one before it names.
 * Null when no way leads to the pinned.
 */
export async function signersByPivots(
  addresses: readonly string[],
  pinned: readonly Certificate[],
  { fetch, read }: Means,
): Promise<readonly Certificate[] | null> {
  const isPivot = async (list: Buffer, signers: readonly Certificate[]): Promise<boolean> => {
    const facts = await read(list, signers)
    return facts !== null && facts.isSigned && facts.territory === LIST_OF_LISTS
  }
  const newer: Buffer[] = []
  for (const address of addresses.slice(0, MOST_PIVOTS)) {
    const pivot = await fetch(address).catch(() => null)
    if (!pivot) return null
    if (await isPivot(pivot, pinned)) return forward(pivot, newer, isPivot)
    newer.unshift(pivot)
  }
  return null
}

async function forward(
  first: Buffer,
  newer: readonly Buffer[],
  isPivot: (list: Buffer, signers: readonly Certificate[]) => Promise<boolean>,
): Promise<readonly Certificate[] | null> {
  let signers = namedIn(first)
  for (const pivot of newer) {
    if (!(await isPivot(pivot, signers))) return null
    signers = namedIn(pivot)
  }
  return signers
}

/** Those whom a list of the lists names for itself. */
const namedIn = (list: Buffer): readonly Certificate[] =>
  parseTrustedList(list).pointers.flatMap(({ territory, signers }) => (territory === LIST_OF_LISTS ? signers : []))
