import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Connection } from 'mongoose'
import { createCardServer } from './card-server.ts'
import { compose, type Platform } from './compose.ts'
import { ConfigError, readConfig, type Config } from './config.ts'
import { connectDatabase, createIndexes } from './database.ts'
import { createLog } from './log.ts'
import { isDatabaseAway } from './shared/database-failure.ts'
import { limitConnections } from './web/connection-limits.ts'
import { serverEnd } from './web/server-end.ts'
import { answerUnreadable } from './web/unreadable-request.ts'

/** Milliseconds that a stop gives to what is under way: whoever runs containers ends them by force after thirty seconds. */
const PATIENCE = 25_000

export type Running = Readonly<{ url: string; stop: () => Promise<void> }>

/**
 * Starts the roles that the configuration names (web, worker) on one database and returns when they are ready.
 * `stop` lets requests and tasks that are under way end, but not for ever, then closes everything: who sends a file over a slow
 * line is waited for, a mail server that hangs is not, and its task is done by the next worker.
 */
export async function start(config: Config, { root = process.cwd() }: { root?: string } = {}): Promise<Running> {
  const connection = await connectDatabase(config.mongoUri)
  try {
    return await startOn(connection, config, root)
  } catch (error) {
    await connection.close()
    throw isDatabaseAway(error) ? databaseLost(error) : error
  }
}

const databaseLost = ({ message }: Error): ConfigError =>
  new ConfigError([
    `MONGODB_URI: il database ha smesso di rispondere durante l’avvio (${message}). Il processo finisce: riavvialo quando il database risponde.`,
  ])

async function startOn(connection: Connection, config: Config, root: string): Promise<Running> {
  const log = createLog(config.logLevel)
  const platform = await compose({ config, connection, log, root })
  await createIndexes(connection)
  if (config.production && config.virusScan === undefined)
    log.warn('VIRUS_SCAN is not set: files are not scanned for viruses')
  const ends = config.roles.web ? await serve(platform, config) : []
  const worker = config.roles.worker ? await platform.work() : undefined
  return {
    url: config.publicAddress,
    async stop() {
      await Promise.all([
        ...ends.map((end) => end()),
        Promise.race([worker?.stop(), sleep(PATIENCE, null, { ref: false })]),
      ])
      platform.stop()
      await connection.close()
    },
  }
}

/** Listens for visitors, and for their cards where we ask for them ourselves; returns how each of the two ends. */
async function serve({ app, cards }: Platform, { host, port, cns }: Config): Promise<(() => Promise<void>)[]> {
  const visitors = await listen(createServer(app), { host, port })
  if (!cns?.listener || !cards) return [visitors]
  const server = createCardServer(cards, { ...cns.listener, authorities: cns.authorities })
  return [visitors, await listen(server, { host, port: cns.listener.port })]
}

function listen(server: Server, { host, port }: Pick<Config, 'host' | 'port'>): Promise<() => Promise<void>> {
  const end = serverEnd(server, PATIENCE)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    answerUnreadable(limitConnections(server)).listen(port, host, () => resolve(end))
  })
}

async function main(): Promise<void> {
  process.env['TZ'] = 'Europe/Rome'
  const running = await start(readConfig(process.env))
  const stop = (): void => void running.stop().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** Names of errors that say what is to be mended: where it failed says nothing more. */
const FOR_PEOPLE: readonly string[] = ['ConfigError', 'CatalogueError']

function lastWordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return FOR_PEOPLE.includes(error.name) ? error.message : String(error.stack)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error: unknown) => {
    process.stderr.write(`${lastWordsOf(error)}\n`)
    process.exit(1)
  })
}
