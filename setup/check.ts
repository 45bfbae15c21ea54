import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { say } from './say.ts'

/** What of style can be told by the text alone; which files had nothing wrong when they were last looked at is kept. */
const STYLE = ['node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint']
/**
 * The types, by the compiler of TypeScript 7 and with the configuration next to each file, and what of style asks for them: no file has
 * a verdict of its own, so all are looked at each time.
 */
const TYPES = ['node_modules/oxlint/bin/oxlint']

/** Type check and lint of all sources. Says what is wrong and ends with 1 if anything is. */
async function main(): Promise<number> {
  const clean = await Promise.all([STYLE, TYPES].map(isClean))
  return clean.every(Boolean) ? 0 : 1
}

/** Says what a linter found. */
async function isClean(linter: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(process.execPath, linter, { maxBuffer: Infinity })
    return true
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    say(`${stdout}${stderr}` || String(error))
    return false
  }
}

process.exitCode = await main()
