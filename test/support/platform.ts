import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Document } from 'mongodb'
import type { Connection } from 'mongoose'
import { readConfig } from '../../server/config.ts'
import { connectDatabase } from '../../server/database.ts'
import { start } from '../../server/main.ts'
import { loadDemonstration, readDemonstration, type Demonstration } from '../../setup/demonstration.ts'
import { developmentParts } from '../../setup/development.ts'
import { developmentKeys } from '../../setup/keys.ts'
import { saveMunicipality } from '../../setup/municipality.ts'
import { freePort } from '../../setup/ports.ts'
import type { RunningBusinessRegister } from './business-register.ts'
import type { RunningIdentityProvider } from './identity-provider/index.ts'
import type { Mailbox } from './mailbox.ts'
import type { RunningTrustServices } from './trust-services/index.ts'
import type { RemoteSigning } from './remote-signing.ts'
import { createVisitor, type Visitor } from './visitor.ts'

export type TestPlatform = Readonly<{
  url: string
  mongoUri: string
  /** As `npm start` would fill it in: what another process of this platform needs. */
  env: NodeJS.ProcessEnv
  /** Its database, to look at what is really stored. */
  connection: Connection
  identityProvider: RunningIdentityProvider
  mailbox: Mailbox
  businessRegister: RunningBusinessRegister
  trustServices: RunningTrustServices
  /** The remote signing service of the heads of office; not there where the keys of seals are the test's own. */
  signatures?: RemoteSigning
  demonstration: Demonstration
  /** A new browser without JavaScript. */
  visitor: () => Visitor
  /** Ends the platform and its helpers, empties the database. */
  stop: () => Promise<void>
}>

/** Another municipality on the same platform, and who works there. */
type Member = Pick<Demonstration, 'municipality' | 'officers'>

type Wishes = Readonly<{
  env?: NodeJS.ProcessEnv
  server?: string
  members?: readonly Member[]
}>

/**
 * The whole platform as `npm start` runs it, over real sockets on free ports, with a database, an identity provider and a
 * mailbox of its own. `env` overrides what `npm start` would fill in, `server` is the database server if it is not the run's,
 * `members` are further municipalities.
 * It is ready for requests when the promise resolves.
 */
export async function startPlatform({ env = {}, server, members = [] }: Wishes = {}): Promise<TestPlatform> {
  const root = process.cwd()
  const demonstration = readDemonstration(root)
  const data = mkdtempSync(join(tmpdir(), 'sportello-'))
  const certs = join(data, 'certs')
  copyKeys(certs)
  const port = await freePort()
  const mongoUri = emptyDatabase(server)
  const settings = { env: { LOG_LEVEL: 'error', ...env }, port, helperPort: 0, certs, data, demonstration }
  const parts = await developmentParts(settings)
  const connection = await connectDatabase(mongoUri)
  await loadDemonstration(connection, demonstration)
  for (const member of members) await addMember(mongoUri, certs, member)
  const full = { ...parts.env, MONGODB_URI: mongoUri }
  const running = await publishedOnce(connection, () => start(readConfig(full), { root }))
  const { identityProvider, mailbox, businessRegister, trustServices } = parts
  if (!identityProvider || !mailbox || !businessRegister || !trustServices)
    throw new Error('A test platform brings its own counterparts')
  return {
    ...(parts.signatures && { signatures: parts.signatures }),
    url: running.url,
    mongoUri,
    env: full,
    connection,
    identityProvider,
    mailbox,
    businessRegister,
    trustServices,
    demonstration,
    visitor: () => createVisitor(running.url),
    async stop() {
      await running.stop()
      await parts.stop()
      await leave(connection, mongoUri)
      await connection.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

let published: Document[] | undefined

/** What the first start of this process published is known to be good: later ones compile a form when it is asked for, as after a restart. */
async function publishedOnce<T>(connection: Connection, start: () => Promise<T>): Promise<T> {
  const versions = connection.collection('procedureversions')
  if (published) await versions.insertMany(published)
  const started = await start()
  published ??= await versions.find().toArray()
  return started
}

/** RSA keys take seconds to make: those of npm start serve, the certificates are made for this address. */
function copyKeys(certs: string): void {
  if (existsSync('certs/spid')) cpSync('certs', certs, { recursive: true })
}

/** As `npm run municipality` adds one, with keys of its own. */
async function addMember(mongoUri: string, certs: string, { municipality, officers }: Member): Promise<void> {
  const { publicAddress } = municipality
  if (publicAddress === undefined) throw new Error(`${municipality.id} needs an address of its own`)
  // As above: the first one's serves.
  const [first = ''] = readdirSync(join(certs, 'spid'))
  cpSync(join(certs, 'spid', first, 'key.pem'), join(certs, 'spid', municipality.id, 'key.pem'))
  await developmentKeys({ folder: certs, municipality, publicAddress })
  const connection = await connectDatabase(mongoUri)
  await saveMunicipality(connection, municipality, { officers, by: 'prova' })
  await connection.close()
}

/** Of platforms that have ended, by server: to make and drop 143 collections and indexes costs as much as half a start. */
const emptied = new Map<string, string[]>()
const hostOf = (uri: string): string => new URL(uri).host

/** Empties a database for the next platform; one of which a test has changed more than what is in it goes. */
async function leave({ db }: Connection, uri: string): Promise<void> {
  if (!db) return
  const collections = await db.listCollections({}, { nameOnly: false }).toArray()
  if (collections.some(({ name, options }) => name.startsWith('system.') || options?.validator)) {
    await db.dropDatabase()
    return
  }
  await Promise.all(collections.map(({ name }) => db.collection(name).deleteMany({})))
  emptied.set(hostOf(uri), [...(emptied.get(hostOf(uri)) ?? []), uri])
}

/** A database with nothing in it, on the run's server if no other is given. */
function emptyDatabase(server = process.env['TEST_MONGODB_URI']): string {
  if (!server)
    throw new Error('TEST_MONGODB_URI is not set: run the tests with `npm test`, or point it at a replica set')
  const left = emptied.get(hostOf(server))?.pop()
  if (left !== undefined) return left
  const uri = new URL(server)
  uri.pathname = `/test-${randomBytes(6).toString('hex')}`
  return uri.href
}

/** One platform for the describe block in which this is called, like `testDatabase`. */
export function testPlatform(wishes: Wishes = {}): { readonly platform: TestPlatform } {
  const holder: { platform?: TestPlatform } = {}
  before(async () => {
    holder.platform = await startPlatform(wishes)
  })
  after(async () => holder.platform?.stop())
  return {
    get platform() {
      if (!holder.platform) throw new Error('The platform is there only inside hooks and tests')
      return holder.platform
    },
  }
}
