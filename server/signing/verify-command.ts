import { readCertificateFile } from './certificate-files.ts'
import type { Certificate } from './certificate.ts'
import { readCrls, type Crl } from './crl.ts'
import { readFileSync } from 'node:fs'
import { verifyFile } from './verify-file.ts'
import type { Verdict } from './verification.ts'

const USAGE = `Usage: npm run --silent verify -- FILE… [--anchor CA.pem]… [--crl FILE]… [--at TIME] [--detached FILE] [--no-revocation]
One JSON object a line. Exit status: 0 all TOTAL-PASSED, 1 INDETERMINATE, 2 TOTAL-FAILED, 3 not-signed, 4 unreadable (the worst), 64 wrong usage.`

const STATUS: Readonly<Record<Verdict, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
  'not-signed': 3,
  unreadable: 4,
}

type Arguments = {
  files: string[]
  anchors: Certificate[]
  crls: Crl[]
  at: Date
  detached: string | null
  revocation: boolean
}

function readArguments(words: readonly string[]): Arguments {
  const read: Arguments = { files: [], anchors: [], crls: [], at: new Date(), detached: null, revocation: true }
  const rest = [...words]
  const operand = (option: string): string => {
    const value = rest.shift()
    if (value === undefined) throw new Error(`${option} needs a value`)
    return value
  }
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    switch (word) {
      case '--anchor':
        read.anchors.push(...readCertificateFile(readFileSync(operand(word))))
        break
      case '--crl':
        read.crls.push(...readCrls(readFileSync(operand(word))))
        break
      case '--at':
        read.at = timeOf(operand(word))
        break
      case '--detached':
        read.detached = operand(word)
        break
      case '--no-revocation':
        read.revocation = false
        break
      default:
        if (word.startsWith('--')) throw new Error(`Unknown option ${word}`)
        read.files.push(word)
    }
  }
  if (read.files.length === 0) throw new Error('No file given')
  return read
}

function timeOf(text: string): Date {
  const time = new Date(/^\d{9,10}$/.test(text) ? Number(text) * 1000 : text)
  if (Number.isNaN(time.getTime())) throw new Error(`--at ${text} is not a time`)
  return time
}

function main(): void {
  const { files, anchors, crls, at, detached, revocation } = readArguments(process.argv.slice(2))
  let status = 0
  for (const file of files) {
    const trust = {
      at,
      anchors,
      intermediates: [],
      evidence: revocation ? { crls, ocsps: [] } : null,
      registeredAt: null,
      missing: [],
    }
    const report = verifyFile(file, { detached }, trust)
    process.stdout.write(`${JSON.stringify(report)}\n`)
    status = Math.max(status, STATUS[report.verdict])
  }
  process.exitCode = status
}

try {
  main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
  process.exitCode = 64
}
