import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { MongoClient, type Db } from 'mongodb'
import { MongoInstance, MongoInstanceEvents } from 'mongodb-memory-server-core/lib/util/MongoInstance.js'
import { freePort } from './ports.ts'
import { SetupProblem } from './problem.ts'

const run = promisify(execFile)
const SET = 'rs0'
const PATIENCE_MS = 20_000
/** From a cold or busy disk, with a journal to go through after a crash, it takes more than the ten seconds of its starter; to found a set, too. */
const LAUNCH_MS = 120_000
const CACHE = ['--wiredTigerCacheSizeGB', '0.5']
const PARAMETERS = [
  'shutdownTimeoutMillisForSignaledShutdown=0',
  // A process that is killed in a transaction leaves its locks behind, the register's counter among them: else for a minute.
  'transactionLifetimeLimitSeconds=15',
]

export type Database = Readonly<{ uri: string; stop: () => Promise<void> }>

type Options = Readonly<{
  mongod: string
  /** Where the data are and stay. */
  folder: string
  name: string
  /** Preferred port; 0 for any. */
  port: number
  /** Called once if the database ends without `stop`. */
  onDeath: () => void
}>

/**
 * Starts `mongod` as a replica set of one (transactions need one) on the data in `folder` and returns its address.
 * A `mongod` left over from a killed start is ended first; what it held is in its journal.
 */
export async function runDatabase(options: Options, onLaunch?: () => void): Promise<Database> {
  const { folder, name, port: wanted, onDeath } = options
  mkdirSync(folder, { recursive: true })
  await endLeftover(folder)
  // Its own check compares with the version that it would download; ours was made by findMongod.
  process.env['MONGOMS_SYSTEM_BINARY_VERSION_CHECK'] = 'false'
  const server = await launch(options, await freePort(wanted), onLaunch)
    .catch(async (error: unknown) => {
      // Somebody took it since: two that are started together both find it free.
      if (!/already in use/.test((error as Error).message)) throw error
      return launch(options, await freePort(), onLaunch)
    })
    .catch((error: unknown) => {
      throw notStarted(folder, error)
    })
  let stopping = false
  server.mongodProcess?.once('exit', () => {
    if (!stopping) onDeath()
  })
  const host = `127.0.0.1:${server.instanceOpts.port}`
  await makePrimary(host)
  return {
    uri: `mongodb://${host}/${name}?replicaSet=${SET}`,
    stop: async () => {
      stopping = true
      await server.stop()
    },
  }
}

/** The same, but returns as soon as its process is there, a second before it takes writes: there is something to do meanwhile. */
export function beginDatabase(options: Options): Promise<{ running: Promise<Database> }> {
  return new Promise((resolve, reject) => {
    const running = runDatabase(options, () => resolve({ running }))
    running.catch(reject)
  })
}

async function launch({ mongod, folder }: Options, port: number, onLaunch?: () => void): Promise<MongoInstance> {
  const server = new MongoInstance({
    binary: { systemBinary: mongod },
    // A group of its own: Ctrl-C in the terminal must reach us first and the database only when all work is done.
    spawn: { detached: true },
    instance: {
      dbPath: folder,
      port,
      ip: '127.0.0.1',
      replSet: SET,
      storageEngine: 'wiredTiger',
      launchTimeout: LAUNCH_MS,
      // It would put a socket into /tmp as well, which stays there when it is killed.
      args: ['--nounixsocket', ...CACHE, ...PARAMETERS.flatMap((parameter) => ['--setParameter', parameter])],
    },
  })
  if (onLaunch) server.once(MongoInstanceEvents.instanceLaunched, onLaunch)
  try {
    await server.start()
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** Its own words name a line of its code: a full disk is the usual reason. */
const notStarted = (folder: string, error: unknown): SetupProblem =>
  new SetupProblem(
    `Il database non parte sui dati di ${folder} (${(error as Error).message.split('\n')[0]}). Guarda se il disco è pieno e se la cartella si può scrivere, e riprova.`,
  )

/**
 * Founds the replica set, or tells it that it moved to another port, and waits until it takes writes. A server that
 * changes its state drops its connections, so every step may have to be taken again.
 */
async function makePrimary(host: string): Promise<void> {
  const until = Date.now() + LAUNCH_MS
  while (Date.now() < until) {
    if (await attempt(host).catch(falseIfUnderWay)) return
    await sleep(15)
  }
  throw new SetupProblem('Il database è partito ma non accetta scritture. Guarda se il disco è pieno e riprova.')
}

/** On a connection of its own: the driver would wait half a second before it tries a dropped one again. */
async function attempt(host: string): Promise<boolean> {
  const client = new MongoClient(`mongodb://${host}/?directConnection=true&serverSelectionTimeoutMS=1000`)
  try {
    return await isPrimary(client.db('admin'), host)
  } finally {
    await client.close()
  }
}

async function isPrimary(admin: Db, host: string): Promise<boolean> {
  const hello = await admin.command({ hello: 1 })
  if (hello['isWritablePrimary'] === true) return true
  const members = [{ _id: 0, host }]
  const config = await admin.command({ replSetGetConfig: 1 }).catch(undefinedIfNotFounded)
  const known = config?.['config'] as { version: number; members: { host: string }[] } | undefined
  if (!known) await admin.command({ replSetInitiate: { _id: SET, members } })
  else if (known.members[0]?.host !== host) {
    await admin.command({ replSetReconfig: { ...known, version: known.version + 1, members }, force: true })
  }
  return false
}

/** A server that founds its set drops connections: the answer may be lost with one, and the founding goes on all the same. */
function falseIfUnderWay(error: unknown): false {
  const { name, codeName } = error as Error & { codeName?: string }
  if (/^Mongo(Network|ServerSelection)Error$/.test(name) || codeName === 'AlreadyInitialized') return false
  throw error
}

function undefinedIfNotFounded(error: unknown): undefined {
  if ((error as { codeName?: string }).codeName !== 'NotYetInitialized') throw error
}

/** `mongod.lock` holds the process that has the folder open; it is emptied by an orderly stop. */
async function endLeftover(folder: string): Promise<void> {
  const lock = join(folder, 'mongod.lock')
  const pid = existsSync(lock) ? Number.parseInt(readFileSync(lock, 'utf8'), 10) : Number.NaN
  // The number may have gone to another program since: only a mongod on this very folder is ended.
  if (Number.isNaN(pid) || !(await commandOf(pid)).includes(folder)) return
  process.kill(pid, 'SIGTERM')
  const until = Date.now() + PATIENCE_MS
  while (Date.now() < until) {
    if ((await commandOf(pid)) === '') return
    await sleep(50)
  }
  throw new SetupProblem(
    `Il database di un avvio precedente (processo ${pid}) non si ferma. Fermalo con: kill -9 ${pid}`,
  )
}

async function commandOf(pid: number): Promise<string> {
  if (existsSync('/proc/self/cmdline')) {
    // A process that ended but is not yet collected by its parent has an empty command line.
    return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
  }
  return run('ps', ['-p', String(pid), '-o', 'args=']).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  )
}
