import { readFileSync } from 'node:fs'
import { readCertificateFile } from '../server/certificates/certificate-files.ts'
import type { Trust } from '../server/signing/trust.ts'
import { withFileSource } from '../server/shared/source.ts'
import { checkBundle, type BundleReport } from './bundle-check.ts'

const USAGE = `Uso: node verifica.mjs FASCICOLO.zip… [--autorita CERTIFICATO.pem]… [--json]
Controlla il fascicolo di una pratica, senza rete. Esito, il peggiore: 0 integro e autentico, 1 integro ma resta da accertare
chi lo ha sigillato, 2 alterato o incompleto, 4 non leggibile; 64 uso sbagliato.`

const STATUS: Readonly<Record<BundleReport['verdict'], number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
  unreadable: 4,
}
const WRONG_USAGE = 64
const MARKS = { passed: '✔', unknown: '?', failed: '✘' } as const

function main(words: readonly string[]): number {
  const { files, anchors, json } = argumentsOf(words)
  if (files.length === 0) throw new Error('manca il nome del fascicolo')
  // What a certificate's authority says of it today would need the network: here only what the bundle brings counts.
  const trust: Trust = {
    at: new Date(),
    intermediates: [],
    evidence: null,
    registeredAt: null,
    missing: [],
    anchors: anchors.flatMap((path) => readCertificateFile(readFileSync(path))),
  }
  const reports = files.map((file) => ({ file, ...withFileSource(file, (source) => checkBundle(source, trust)) }))
  for (const report of reports) process.stdout.write(json ? `${JSON.stringify(report)}\n` : inWords(report))
  return Math.max(...reports.map(({ verdict }) => STATUS[verdict]))
}

function argumentsOf(words: readonly string[]) {
  const files: string[] = []
  const anchors: string[] = []
  let json = false
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--json') json = true
    else if (word === '--autorita') anchors.push(words[++at] ?? '')
    else if (word.startsWith('--')) throw new Error(`${word} non è un’opzione`)
    else files.push(word)
  }
  return { files, anchors, json }
}

function inWords({ file, verdict, sentence, about, checks }: BundleReport & { file: string }): string {
  const lines = checks.flatMap(({ title, outcome, details }) => [
    `  ${MARKS[outcome]} ${title}`,
    ...details.map((detail) => `      ${detail}`),
  ])
  const what = about ? [`  ${about.municipality.name}, ${about.filing.procedure}`] : []
  return `${[`${file}: ${verdict}`, `  ${sentence}`, ...what, ...lines].join('\n')}\n`
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`)
  process.exitCode = WRONG_USAGE
}
