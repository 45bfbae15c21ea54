import type { ContentStore } from './content.ts'
import type { DocumentStore } from './document-store.ts'
import { scan, type VirusScanner } from './virus-scan.ts'

type Parts = Readonly<{
  contents: Pick<ContentStore, 'open'>
  records: DocumentStore
  scanner: VirusScanner | undefined
}>

/** So many in a row, so that a scanner that is down again is not asked for each. */
const AT_A_TIME = 100

/**
 * Scans what came while the scanner could not be asked. What is found infected then is marked, not removed: it may be in the
 * register, whose documents stay (DPR 445/2000 art. 53); nobody can download it any more. Returns how many were decided.
 */
export function createScanService({ contents, records, scanner }: Parts) {
  return async (): Promise<number> => {
    if (!scanner) return 0
    let decided = 0
    for (const document of await records.unscanned(AT_A_TIME)) {
      const { verdict } = await scan(scanner, contents.open(document) as AsyncIterable<Buffer>)
      if (verdict === 'unknown') return decided
      await records.setScan(document, verdict)
      decided += 1
    }
    return decided
  }
}
