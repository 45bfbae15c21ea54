import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAssets } from '../server/web/assets.ts'
import { developmentCards } from './cards.ts'
import { runDatabase } from './database.ts'
import { readDemonstration } from './demonstration.ts'
import { developmentKeys, identityProviderSigner } from './keys.ts'
import { findMongod } from './mongod.ts'
import { runnable } from './runnable.ts'
import { say, seconds } from './say.ts'
import { ensureJudges, findChromium } from './tools.ts'

/**
 * `npm test`: type check, lint and the whole mocha suite, compiled, on one real database and real browsers, all gone
 * afterwards. With arguments (`npm test -- test/forms`) only mocha, with them. Closes with the line `N passed, N failed` of mocha's
 * reporter, after everything else that there is to say. Returns the exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.env['TZ'] = 'Europe/Rome'
  const root = process.cwd()
  const [mongod, chromium] = await Promise.all([findMongod(root), programs(), buildAssets(root), makeKeys(root)])
  say(`Database: mongod ${mongod.version}, ${mongod.from}. Browser: ${chromium}`)
  const [sound, { code, counts }] = await Promise.all([
    args.length > 0 || checkSources(),
    withDatabase(mongod.path, (env, folder) =>
      mocha(args, { ...env, CHROMIUM_PATH: chromium }, join(folder, 'counts')),
    ),
  ])
  if (!sound) say('\nI tipi o lo stile NON sono a posto: vedi sopra.')
  if (counts !== '') say(counts)
  return sound ? code : Math.max(code, 1)
}

/** The browser, whose path it returns, and the other programs; not both at once, for each may have the system install a package. */
async function programs(): Promise<string> {
  const chromium = await findChromium(process.env['CHROMIUM_PATH'])
  await ensureJudges()
  return chromium
}

/** Made once, as `npm start` does: making RSA keys takes seconds, and each platform of the tests would make its own. */
async function makeKeys(root: string): Promise<void> {
  const demonstration = readDemonstration(root)
  const { municipality } = demonstration
  const folder = join(root, 'certs')
  await developmentKeys({ folder, municipality, publicAddress: 'http://localhost:3000' })
  await developmentCards({ certs: folder, demonstration, port: 0 })
  await identityProviderSigner(folder)
}

/** Beside mocha, which leaves a third of the machine idle while it waits for servers and browser. */
async function checkSources(): Promise<boolean> {
  const begun = performance.now()
  const { code, output } = await node([runnable('setup/check.ts')], process.env, 'pipe')
  const verdict = code === 0 ? 'a posto' : 'NON a posto'
  say(`Controllo dei tipi e dello stile: ${verdict} (${seconds(performance.now() - begun)})`)
  if (code !== 0) say(output)
  return code === 0
}

type Told = Readonly<{ code: number; counts: string }>

/** The reporter leaves its closing line in that file, so that it can be said last. */
async function mocha(args: readonly string[], env: NodeJS.ProcessEnv, file: string): Promise<Told> {
  const jobs = String(availableParallelism() + 1)
  const how = ['--no-config', '--node-option', 'enable-source-maps', '--parallel', '--jobs', jobs]
  const options = [...how, '--timeout', '60000', '--reporter', runnable('test/support/reporter.ts')]
  const what = (args.length > 0 ? args : ['test']).flatMap(compiledTests)
  const command = ['node_modules/mocha/bin/mocha.js', ...options, ...what]
  const { code } = await node(command, { ...env, TEST_COUNTS: file }, 'inherit')
  return { code, counts: existsSync(file) ? readFileSync(file, 'utf8') : '' }
}

/**
 * What mocha is to run for an argument: the build of a source or of a pattern of sources; that of each test below a folder, of which
 * the build may hold some that are gone; anything else as it is.
 */
function compiledTests(argument: string): string[] {
  if (argument.endsWith('.ts')) return [runnable(argument)]
  if (!statSync(argument, { throwIfNoEntry: false })?.isDirectory()) return [argument]
  const files = readdirSync(argument, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
  const rank = new Map(files.map((file) => [file, rankOf(file, readFileSync(join(argument, file), 'utf8'))]))
  const inOrder = files.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
  return inOrder.map((file) => runnable(join(argument, file)))
}

/**
 * What takes long begins early: begun last, it would run on alone for half a minute. Journeys do, and the crash test, which waits for
 * locks of the dead; then what asks a whole platform.
 */
function rankOf(file: string, source: string): number {
  if (/^journeys\/|crash/.test(file)) return 0
  return /\b(test|start)Platform\b/.test(source) ? 1 : 2
}

/** One database server (each test takes a database of its own on it) and one folder for the whole run. */
async function withDatabase<T>(
  mongod: string,
  work: (env: NodeJS.ProcessEnv, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sportello-test-'))
  const onDeath = () => say('Il database delle prove si è fermato da solo: le prove che restano falliranno.')
  const database = await runDatabase({ mongod, folder: join(folder, 'mongod'), name: 'test', port: 0, onDeath })
  try {
    return await work({ ...process.env, TEST_MONGODB_URI: database.uri }, folder)
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Ended = Readonly<{ code: number; output: string }>

function node(command: readonly string[], env: NodeJS.ProcessEnv, stdio: 'pipe' | 'inherit'): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', stdio, stdio] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()))
    // Whoever stops us stops the part that runs; then all is cleared away and the run ends as failed.
    const pass = (signal: NodeJS.Signals) => void child.kill(signal)
    process.on('SIGINT', pass).on('SIGTERM', pass)
    child.on('error', reject).on('close', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass)
      resolve({ code: code ?? 1, output })
    })
  })
}
