import type { ScanVerdict, VirusScanner } from './virus-scan.ts'

/** Milliseconds. */
const REST = 60_000
const RESTING: ScanVerdict = { verdict: 'unknown', reason: 'the scanner was silent a moment ago', away: true }

/** Lets a scanner that said nothing alone for a minute: else everybody who sends a file would wait until patience runs out. */
export function resting(scanner: VirusScanner, { now }: { now: () => Date }): VirusScanner {
  let until = 0
  return {
    begin() {
      if (now().getTime() < until)
        return { write: async () => undefined, finish: async () => RESTING, cancel: () => undefined }
      const scanning = scanner.begin()
      return {
        ...scanning,
        async finish() {
          const said = await scanning.finish()
          if (said.verdict === 'unknown' && said.away) until = now().getTime() + REST
          return said
        },
      }
    },
  }
}
