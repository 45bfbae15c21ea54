import type { IndexDescription } from 'mongodb'
import mongoose, { type Connection, type Model } from 'mongoose'
import { ConfigError } from './config.ts'
import { repairDriver } from './database-driver.ts'
import { isDatabaseAway } from './shared/database-failure.ts'

/** MongoDB 6.0 says 17; older servers lack what the stores use. */
const OLDEST_WIRE_VERSION = 17

/**
 * In milliseconds. A server that hangs is given up after one heartbeat and the time to connect, with everything that waits
 * for it: one that stands still for three seconds (a checkpoint on a slow disk) is waited for. Then a server is looked for during a
 * second and a half more, in which most elections end. So people hear within seven seconds that the database is away; by default the
 * driver waits for forty.
 */
const PATIENCE = { heartbeatFrequencyMS: 1_000, connectTimeoutMS: 3_000, serverSelectionTimeoutMS: 1_500 }
/** Who starts may have to wait longer for the first connection: for names, certificates, an election. */
const FIRST_TRIES = 4

/**
 * Connects to the database of the platform. Throws ConfigError when it does not answer, when it is older than MongoDB 6, or
 * when it is a stand-alone server: without a replica set there are no transactions, and the number, the register entry and
 * the state of a filing could part (architecture §4).
 */
export async function connectDatabase(uri: string, patience = PATIENCE): Promise<Connection> {
  repairDriver()
  const connection = await connect(uri, patience).catch((error: unknown) => {
    throw new ConfigError([`MONGODB_URI: il database non risponde (${(error as Error).message}).`])
  })
  const problem = problemOf((await connection.db?.admin().command({ hello: 1 })) ?? {})
  if (problem === undefined) return connection
  await connection.close()
  throw new ConfigError([problem])
}

async function connect(uri: string, patience: typeof PATIENCE, tries = FIRST_TRIES): Promise<Connection> {
  try {
    return await mongoose.createConnection(uri, { autoIndex: false, autoCreate: false, ...patience }).asPromise()
  } catch (error) {
    if (tries === 1 || !isDatabaseAway(error)) throw error
    return connect(uri, patience, tries - 1)
  }
}

export type Absence = ReturnType<typeof watchAbsence>

/** A little less than anybody waits for a server: who has just waited for one does not wait again. */
const LASTING = PATIENCE.serverSelectionTimeoutMS - 100

/**
 * What the driver knows by its heartbeats: whether it finds no server that it could write to, and for how long. Who asks while an
 * election may still end it waits; then nobody waits until there is a server again. Mongoose's own `readyState` says nothing of a server
 * that hung (9.12): it takes it for disconnected before the driver does, and forgets to note when.
 */
export function watchAbsence(connection: Connection, now: () => Date) {
  let since: number | undefined
  connection.getClient().on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
    const isThere = [...servers.values()].some((server) => server.isWritable)
    since = isThere ? undefined : (since ?? now().getTime())
  })
  return {
    isAway: (): boolean => since !== undefined,
    isLasting: (): boolean => since !== undefined && now().getTime() - since >= LASTING,
  }
}

/** Indexes that databases from before still have. */
const RETIRED = [
  // By this index of version 0.1.0 the database itself erased login messages: now recurring work does, and it alone.
  { collection: 'saml_messages', index: 'expiresAt_1' },
  // Longer ones do what these did: they would only cost every write.
  { collection: 'filings', index: 'municipality_1_office_1_state_1_due_1' },
  { collection: 'filings', index: 'municipality_1_ground.principalKey_1' },
  { collection: 'outboxtasks', index: 'state_1_due_1' },
  { collection: 'documents', index: 'municipality_1_sha256_1' },
  { collection: 'mandates', index: 'municipality_1_review_1' },
  { collection: 'corrections', index: 'municipality_1_answer.at_-1_due_1' },
  // Nobody looks for a filing by the id of its entry any more.
  { collection: 'filings', index: 'municipality_1_protocol.entry_1' },
] as const

/** What MongoDB answers when there is no such collection, or no such index. */
const NOT_THERE: readonly unknown[] = [26, 27]

/** Makes the indexes that the stores declare, before the first request needs one. Those that exist cost one look each. */
export async function createIndexes(connection: Connection): Promise<void> {
  // First: an old one may be in the way of a new one.
  await Promise.all(RETIRED.map((one) => drop(connection, one)))
  await Promise.all(Object.values(connection.models).map(createIndexesOf))
}

/** In one command, where mongoose sends one for each index. */
async function createIndexesOf({ collection, schema }: Model<unknown>): Promise<void> {
  const indexes = schema.indexes().map(([key, options]) => ({ ...options, key }) as IndexDescription)
  if (indexes.length > 0) await collection.createIndexes(indexes)
}

async function drop(connection: Connection, { collection, index }: (typeof RETIRED)[number]): Promise<void> {
  try {
    await connection.collection(collection).dropIndex(index)
  } catch (error) {
    if (!NOT_THERE.includes((error as { code?: unknown }).code)) throw error
  }
}

function problemOf(hello: { setName?: string; msg?: string; maxWireVersion?: number }): string | undefined {
  if ((hello.maxWireVersion ?? 0) < OLDEST_WIRE_VERSION) return 'MONGODB_URI: serve MongoDB 6 o successivo.'
  // `isdbgrid` is what the router of a sharded cluster says of itself.
  if (hello.setName !== undefined || hello.msg === 'isdbgrid') return undefined
  return (
    'MONGODB_URI: è un server singolo, ma servono le transazioni e quindi un replica set. Basta un nodo: ' +
    'avvia mongod con «--replSet rs0», esegui una volta «rs.initiate()» in mongosh e riprova.'
  )
}
