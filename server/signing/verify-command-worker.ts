import { parentPort, workerData } from 'node:worker_threads'
import {
  createRevocationDownload,
  missingOrder,
  readEvidence,
  withDownloads,
  type Downloaded,
} from '../certificates/index.ts'
import { fetchBytes } from '../shared/web-fetch.ts'
import type { Trust } from './trust.ts'
import { readVerifyArguments, USAGE, type VerifyArguments } from './verify-arguments.ts'
import { verifyFile } from './verify-file.ts'
import type { Verdict, Verification } from './verification.ts'
import { unreadable } from './verify.ts'

/** `isBroken`: that file has broken the thread before this one. */
export type Start = Readonly<{ from: number; isBroken: boolean }>

/** The report on the next file, a sign of life, or what is wrong with the words of the command. */
export type Said = Readonly<{ report: string; status: number } | { alive: true } | { misused: string }>

const STATUS: Readonly<Record<Verdict, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
  'not-signed': 3,
  unreadable: 4,
}

const say = (said: Said): void => parentPort?.postMessage(said)

function given(): VerifyArguments | null {
  try {
    return readVerifyArguments(process.argv.slice(2), process.cwd())
  } catch (error) {
    say({ misused: `${error instanceof Error ? error.message : String(error)}\n${USAGE}` })
    return null
  }
}

async function main({ from, isBroken }: Start): Promise<void> {
  const settings = given()
  if (!settings) return
  const { files, anchors, lists, crls, at, detached, revocation } = settings
  const download = createRevocationDownload({ now: () => new Date(), fetch: fetchBytes })

  const once = (file: string) => (extra: Downloaded) => {
    say({ alive: true })
    const more = readEvidence(extra)
    const evidence = revocation ? { crls: [...crls, ...more.crls], ocsps: more.ocsps } : null
    const trust: Trust = { at, anchors, intermediates: [], evidence, registeredAt: null, missing: [], lists }
    const verification = verifyFile(file, { detached }, trust)
    return { verification, missing: trust.missing.map(missingOrder) }
  }

  const verified = (file: string): Promise<Verification> =>
    withDownloads(once(file), revocation ? download : undefined).then(
      (outcome) => outcome.verification,
      // One file that breaks the verifier must not hide the report on the thousands after it.
      (error: unknown) => unreadable(file, at, `The verifier failed: ${String(error)}`),
    )

  for (const [index, file] of files.slice(from).entries()) {
    const verification =
      index === 0 && isBroken ? unreadable(file, at, 'Time or memory limit exceeded') : await verified(file)
    say({ report: JSON.stringify(verification), status: STATUS[verification.verdict] })
  }
}

await main(workerData as Start)
