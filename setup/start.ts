import { join, resolve } from 'node:path'
import { readConfig, type Config } from '../server/config.ts'
import { CARD_PASSWORD } from './cards.ts'
import { loadDemonstration, readDemonstration, type Demonstration } from './demonstration.ts'
import { developmentParts, type Development } from './development.ts'
import { createLife, type Life } from './life.ts'
import { findMongod } from './mongod.ts'
import { isFree } from './ports.ts'
import { SetupProblem } from './problem.ts'
import { claim } from './running.ts'
import { say, seconds, table } from './say.ts'
import { DEMONSTRATION_PIN } from './signatures.ts'

const PORT = 3000
const DATABASE_PORT = 27117
const DATABASE = 'sportello'

/**
 * `npm start`: platform, database, test identity provider and mailbox in this one process, until Ctrl-C.
 * With NODE_ENV=production the platform alone, as the environment says and nothing made up.
 * Resolves with the exit code when everything has ended.
 */
export async function main(): Promise<number> {
  process.env['TZ'] = 'Europe/Rome'
  const life = createLife()
  try {
    const isProduction = process.env['NODE_ENV'] === 'production'
    await life.begin(isProduction ? startProduction(life) : startDevelopment(life, process.env))
  } catch (error) {
    // What fails because we are being stopped is no failure.
    const stopped = life.isLeaving()
    await life.end(1)
    if (!stopped) throw error
  }
  return life.ended
}

async function startProduction(life: Life): Promise<void> {
  say(`Pronta: ${(await startPlatform(life, readConfig(process.env))).url}`)
}

async function startDevelopment(life: Life, env: NodeJS.ProcessEnv): Promise<void> {
  const begun = performance.now()
  const root = process.cwd()
  const data = resolve(root, env['DATA_FOLDER'] || '.data')
  const demonstration = readDemonstration(root)
  const port = portOf(env)
  const address = `http://localhost:${port}`
  if (!env['MONGODB_URI']) {
    life.add(await claim(data, () => ({ pid: process.pid, address, leaving: life.isLeaving() })))
  }
  if (!(await isFree(port, env['HOST']))) throw portTaken(port)
  const settings = { env, port, certs: join(root, 'certs'), data, demonstration, helperPort: port + 1 }
  // The database takes a second to open its files: meanwhile the modules are loaded and the counterparts started.
  const database = env['MONGODB_URI'] ? { uri: env['MONGODB_URI'] } : await ownDatabase(life, root, data)
  const [mongoUri, parts] = await Promise.all([database.uri, counterparts(settings).then((made) => life.add(made))])
  const config = readConfig({ ...parts.env, MONGODB_URI: mongoUri })
  await fill(config.mongoUri, demonstration)
  const { url } = await startPlatform(life, config)

  say(`\nPronta in ${seconds(performance.now() - begun)}: ${url}\n`)
  if (parts.identityProvider) say(`${whoCanLogIn(demonstration)}\n`)
  if (!env['CNS_ADDRESS'])
    say(
      `CNS di prova: importa nel browser una carta di certs/cns/cards (password «${CARD_PASSWORD}») e accetta il certificato di ${String(parts.env['CNS_ADDRESS'])}`,
    )
  sayCounterparts(parts, config)
  say('Si ferma con Ctrl-C; i dati restano.')
}

async function counterparts(settings: Parameters<typeof developmentParts>[0]): Promise<Development> {
  // Before them: of two imports at the same time Node 20 may give one a CommonJS package half loaded.
  await import('../server/main.ts')
  return developmentParts(settings)
}

/** Where the counterparts of development are, and what is missing. */
function sayCounterparts({ directory, mailbox, signatures }: Development, { publicAddress, virusScan }: Config): void {
  if (directory) say(`Account del personale (di prova): ${publicAddress}/accesso/personale`)
  if (mailbox) say(`Posta in uscita (nessuna parte davvero): http://localhost:${mailbox.httpPort}`)
  if (signatures) say(`Firma digitale dei responsabili (di prova): PIN ${DEMONSTRATION_PIN}`)
  if (!virusScan) say('Antivirus: nessuno, i file che si caricano non sono controllati (VIRUS_SCAN).')
}

async function startPlatform(life: Life, config: Config): Promise<{ url: string }> {
  const { start } = await import('../server/main.ts')
  try {
    return life.add(await start(config))
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(config.port) : error
  }
}

/** Returns when the database's process is there: modules that are loaded before would leave it no turn to begin. */
async function ownDatabase(life: Life, root: string, data: string): Promise<{ uri: Promise<string> }> {
  const [mongod, { beginDatabase }] = await Promise.all([findMongod(root), import('./database.ts')])
  const onDeath = () => void life.collapse('\nIl database si è fermato. Nessun dato è perso: riavvia con «npm start».')
  const settings = { mongod: mongod.path, folder: join(data, 'mongod'), name: DATABASE, port: DATABASE_PORT, onDeath }
  const { running } = await beginDatabase(settings)
  const told = async (): Promise<string> => {
    const { uri } = life.add(await running)
    say(`Database: mongod ${mongod.version}, ${mongod.from}: ${uri}`)
    return uri
  }
  return { uri: told() }
}

async function fill(mongoUri: string, demonstration: Demonstration): Promise<void> {
  const { connectDatabase } = await import('../server/database.ts')
  const connection = await connectDatabase(mongoUri)
  await loadDemonstration(connection, demonstration)
  await connection.close()
}

/** What is no port is told with the other mistakes of the configuration, once all are known. */
const portOf = (env: NodeJS.ProcessEnv): number => (/^\d{1,5}$/.test(env['PORT'] ?? '') ? Number(env['PORT']) : PORT)

const portTaken = (port: number): SetupProblem =>
  new SetupProblem(
    `La porta ${port} è già occupata da un altro programma. Chiudilo, o scegli un'altra porta: PORT=${port + 10} npm start`,
  )

function whoCanLogIn({ municipality, persons }: Demonstration): string {
  const rows = persons.map(({ label }) => {
    const [name = '', ...rest] = label.split(', ')
    return [name, rest.join(', ')]
  })
  return `${municipality.name} (dati inventati). Con il gestore di identità di prova accedi come:\n\n${table([['Persona', 'Chi è'], ...rows])}`
}
