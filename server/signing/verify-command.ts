import { readVerifyArguments, USAGE } from './verify-arguments.ts'
import { createRevocationDownload, withDownloads, type Downloaded } from './revocation-download.ts'
import { missingOrder, readEvidence } from './trust-order.ts'
import type { Trust } from './certificate-validation.ts'
import { verifyFile } from './verify-file.ts'
import type { Verdict } from './verification.ts'
import { unreadable } from './verify.ts'

/** The verifier as a command: one JSON object a line, exit status by the worst verdict (README of the room's issue). */

const STATUS: Readonly<Record<Verdict, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
  'not-signed': 3,
  unreadable: 4,
}
const WRONG_USAGE = 64

async function main(): Promise<void> {
  const { files, anchors, lists, crls, at, detached, revocation } = readVerifyArguments(
    process.argv.slice(2),
    process.cwd(),
  )
  const download = createRevocationDownload({ now: () => new Date() })
  let status = 0
  for (const file of files) {
    const once = (extra: Downloaded) => {
      const more = readEvidence(extra)
      const evidence = revocation ? { crls: [...crls, ...more.crls], ocsps: more.ocsps } : null
      const trust: Trust = { at, anchors, intermediates: [], evidence, registeredAt: null, missing: [], lists }
      const verification = verifyFile(file, { detached }, trust)
      return { verification, missing: trust.missing.map(missingOrder) }
    }
    const verification = await withDownloads(once, revocation ? download : undefined).then(
      (outcome) => outcome.verification,
      // One file that breaks the verifier must not hide the report on the thousands after it.
      (error: unknown) => unreadable(file, at, `The verifier failed: ${String(error)}`),
    )
    process.stdout.write(`${JSON.stringify(verification)}\n`)
    status = Math.max(status, STATUS[verification.verdict])
  }
  process.exitCode = status
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
  process.exitCode = WRONG_USAGE
})
