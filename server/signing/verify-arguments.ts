import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  readCertificateFile,
  readCertificateFolder,
  readCrlFolder,
  readCrls,
  type Certificate,
  type Crl,
} from '../certificates/index.ts'
import { anchorsOf, type TrustIndex } from './trust-index.ts'
import { loadTrustIndex } from './trusted-list-folder.ts'

export const USAGE = `Usage: npm run --silent verify -- FILE… [--anchor CA.pem]… [--crl FILE]… [--at TIME] [--detached FILE] [--no-revocation]
One JSON object a line. TIME is ISO 8601 or seconds since 1970. Without --anchor the authorities of the installation are trusted.
Exit status, the worst of all files: 0 TOTAL-PASSED, 1 INDETERMINATE, 2 TOTAL-FAILED, 3 not-signed, 4 unreadable; 64 wrong usage.`

export type VerifyArguments = Readonly<{
  files: readonly string[]
  anchors: readonly Certificate[]
  lists: TrustIndex | null
  crls: readonly Crl[]
  at: Date
  detached: string | null
  revocation: boolean
}>

/** Where the trusted certificates of an installation are, seen from its root (certs/README.md). */
const TRUST_FOLDER = 'certs/trust'
/** Where the trusted lists are kept. */
const LISTS_FOLDER = 'certs/lists'

/** Reads the words of the command line. Throws an Error whose message says what is wrong with them. */
export function readVerifyArguments(words: readonly string[], root: string): VerifyArguments {
  const { files, values, revocation } = split(words)
  if (files.length === 0) throw new Error('No file given')
  const given = values('--anchor').flatMap((path) => readCertificateFile(readFileSync(path)))
  const trust = join(root, TRUST_FOLDER)
  const lists = given.length > 0 ? null : loadTrustIndex(join(root, LISTS_FOLDER))
  return {
    files,
    anchors: given.length > 0 ? given : [...readCertificateFolder(trust), ...(lists ? anchorsOf(lists) : [])],
    lists,
    crls: [
      ...values('--crl').flatMap((path) => readCrls(readFileSync(path))),
      ...(given.length > 0 ? [] : readCrlFolder(trust)),
    ],
    at: timeOf(values('--at').at(-1)),
    detached: values('--detached').at(-1) ?? null,
    revocation,
  }
}

const WITH_VALUE = new Set(['--anchor', '--crl', '--at', '--detached'])

function split(words: readonly string[]) {
  const files: string[] = []
  const options: { name: string; value: string }[] = []
  let revocation = true
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (WITH_VALUE.has(word)) {
      const value = rest.shift()
      if (value === undefined) throw new Error(`${word} needs a value`)
      options.push({ name: word, value })
    } else if (word === '--no-revocation') revocation = false
    else if (word.startsWith('--')) throw new Error(`Unknown option ${word}`)
    else files.push(word)
  }
  return {
    files,
    revocation,
    values: (name: string) => options.filter((option) => option.name === name).map(({ value }) => value),
  }
}

function timeOf(text: string | undefined): Date {
  if (text === undefined) return new Date()
  const time = new Date(/^\d{9,10}$/.test(text) ? Number(text) * 1000 : text)
  if (Number.isNaN(time.getTime())) throw new Error(`--at ${text} is not a time`)
  return time
}
