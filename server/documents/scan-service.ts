import type { ContentStore } from './content.ts'
import type { DocumentStore } from './document-store.ts'
import { scan, type VirusScanner } from './virus-scan.ts'

type Parts = Readonly<{
  contents: Pick<ContentStore, 'open'>
  records: DocumentStore
  scanner: VirusScanner | undefined
}>

const AT_A_TIME = 100

/**
 * Scans what came while the scanner could not be asked. What is found infected then is marked, not removed: it may be in the
 * register, whose documents stay (DPR 445/2000 art. 53); nobody can download it any more. One that the scanner does not take, as it
 * is too large for it, keeps the others from nothing. Returns how many were decided.
 */
export function createScanService({ contents, records, scanner }: Parts) {
  return async (): Promise<number> => {
    if (!scanner) return 0
    let decided = 0
    for (const document of await records.unscanned(AT_A_TIME)) {
      const said = await scan(scanner, contents.open(document) as AsyncIterable<Buffer>)
      if (said.verdict === 'unknown') {
        // Down again: it is not asked for each.
        if (said.away) return decided
        continue
      }
      await records.setScan(document, said.verdict)
      decided += 1
    }
    return decided
  }
}
