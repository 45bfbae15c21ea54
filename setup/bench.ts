import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Bench, Context } from '../bench/bench.ts'
import type { Figure } from '../bench/figure.ts'
import { buildAssets } from '../server/web/assets.ts'
import { runDatabase } from './database.ts'
import { findMongod } from './mongod.ts'
import { runnable } from './runnable.ts'
import { say, seconds, table } from './say.ts'

/**
 * `npm run bench [name…]`: every `bench/*.bench.ts` (or those whose name begins so), compiled, against one platform and one hello
 * world, each in its own process, then one table. Exit code 1 when a target is missed.
 */
export async function main(names: readonly string[]): Promise<number> {
  process.env['TZ'] = 'Europe/Rome'
  await buildAssets(process.cwd())
  const folder = mkdtempSync(join(tmpdir(), 'sportello-bench-'))
  const { path: mongod } = await findMongod(process.cwd())
  const onDeath = () => say('Il database delle misure si è fermato da solo.')
  const database = await runDatabase({ mongod, folder, name: 'bench', port: 0, onDeath })
  try {
    const figures = await measure(names, { ...process.env, TEST_MONGODB_URI: database.uri })
    const rows = figures.map(({ what, measured, target, good }) => [what, measured, target, good ? 'sì' : 'NO'])
    say(`\n${table([['Misura', 'Valore', 'Traguardo', 'Raggiunto'], ...rows])}`)
    return figures.every(({ good }) => good) ? 0 : 1
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(names: readonly string[], env: NodeJS.ProcessEnv): Promise<Figure[]> {
  const [hello, platform] = await Promise.all([launch('bench/hello.ts', env), launch('bench/platform.ts', env)])
  const context = { hello: hello.url, platform: platform.url, mongoUri: platform.mongoUri ?? '' }
  const figures: Figure[] = []
  for (const file of readdirSync('bench').filter((name) => name.endsWith('.bench.ts') && isWanted(name, names))) {
    const begun = performance.now()
    figures.push(...(await run(file, context)))
    say(`${file.replace('.bench.ts', '')}: misurato in ${seconds(performance.now() - begun)}`)
  }
  await Promise.all([hello.stop(), platform.stop()])
  return figures
}

const isWanted = (name: string, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((one) => name.startsWith(one))

async function run(file: string, context: Context): Promise<readonly Figure[]> {
  const { figures } = (await import(pathToFileURL(runnable(join('bench', file))).href)) as { figures: Bench }
  return figures(context)
}

type Launched = Readonly<{ url: string; mongoUri?: string; stop: () => Promise<void> }>

/** A program that says its address and ends when we let go of it. */
function launch(program: string, env: NodeJS.ProcessEnv): Promise<Launched> {
  return new Promise((resolve, reject) => {
    const child = fork(runnable(program), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    const stop = async () => {
      if (child.connected) child.disconnect()
      await ended
    }
    child.once('message', (message: { url: string; mongoUri?: string }) => resolve({ ...message, stop }))
    void ended.then(() => reject(new Error(`${program} ended before it was ready`)))
  })
}
