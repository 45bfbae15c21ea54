import { forEach } from '../shared/for-each.ts'
import type { ContentStore } from './content.ts'
import type { DocumentStore } from './document-store.ts'
import { scan, type VirusScanner } from './virus-scan.ts'

type Parts = Readonly<{
  contents: Pick<ContentStore, 'open'>
  records: DocumentStore
  scanner: VirusScanner | undefined
}>

/**
 * Scans what came while the scanner could not be asked. What is found infected then is marked, not removed: it may be in the
 * register, whose documents stay (DPR 445/2000 art. 53); nobody can download it any more. One that is too
 * large for the scanner is marked too, and not offered again. One that it does not take or that cannot be read keeps the others from
 * nothing. Returns how many were decided; what failed on the way is
 * thrown at the end.
 */
export function createScanService({ contents, records, scanner }: Parts) {
  return async (): Promise<number> => {
    if (!scanner) return 0
    let decided = 0
    let isAway = false
    await forEach(
      asLongAs(() => !isAway, records.unscanned()),
      async (document) => {
        const said = await scan(scanner, contents.open(document))
        if (said.verdict === 'unknown') {
          isAway = said.away
          return
        }
        await records.setScan(document, said.verdict)
        decided += 1
      },
    )
    return decided
  }
}

/** A scanner that is down again is not asked for each. */
async function* asLongAs<One>(holds: () => boolean, all: AsyncIterable<One>): AsyncGenerator<One> {
  for await (const one of all) {
    if (!holds()) return
    yield one
  }
}
