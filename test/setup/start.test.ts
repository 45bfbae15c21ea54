import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from 'mongoose'
import { connectDatabase } from '../../server/database.ts'
import { freePort } from '../../setup/ports.ts'

/** A connection to the database that a start said it uses. */
async function withDatabase<T>({ output }: Started, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connectDatabase(/mongodb:\S+/.exec(output())?.[0] ?? '')
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

type Started = Readonly<{
  process: ChildProcess
  output: () => string
  /** Resolves when it says that it is ready; rejects with its output when it ends before. */
  ready: Promise<void>
  ended: Promise<number | null>
}>

/** What is left in a collection, once the job that erases what is old has run. */
const leftIn =
  (collection: string) =>
  async (connection: Connection): Promise<string[]> => {
    const left = async () =>
      (await connection.collection(collection).find().toArray()).map(({ about }) => about as string)
    for (let tries = 0; tries < 100 && (await left()).length > 1; tries += 1) await sleep(100)
    return left()
  }

/** The command itself, in processes of their own, on free ports and on a data folder that goes with the test. */
describe('npm start', function () {
  this.timeout(90_000)
  const data = mkdtempSync(join(tmpdir(), 'start-'))
  let port: number
  const running: ChildProcess[] = []

  before(async () => {
    port = await freePort()
  })
  afterEach(async () => {
    const left = running.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    const ended = left.map((child) => once(child, 'close'))
    for (const child of left) child.kill('SIGINT')
    // One that has not heard it yet would tell the next start that it is running.
    await Promise.all(ended)
  })
  after(() => rmSync(data, { recursive: true, force: true, maxRetries: 5 }))

  function start(env: NodeJS.ProcessEnv = {}): Started {
    const child = spawn(process.execPath, ['setup/start.js'], {
      env: { ...process.env, PORT: String(port), DATA_FOLDER: data, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    let text = ''
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const ready = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (part: Buffer) => {
          text += part.toString()
          if (text.includes('Si ferma con Ctrl-C')) resolve()
        })
      }
      void ended.then(() => reject(new Error(text)))
    })
    ready.catch(() => undefined)
    return { process: child, output: () => text, ready, ended }
  }

  const home = async () => (await fetch(`http://127.0.0.1:${port}/`)).status
  const mongod = () => Number.parseInt(readFileSync(join(data, 'mongod', 'mongod.lock'), 'utf8'), 10)
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  it('serves the home page, says who can log in, and ends everything on Ctrl-C', async () => {
    const first = start()
    await first.ready
    expect(await home()).to.equal(200)
    expect(first.output())
      .to.include(`http://localhost:${port}`)
      .and.match(/Giulia Conti +cittadina/)
    const database = mongod()
    first.process.kill('SIGINT')
    expect(await first.ended).to.equal(0)
    expect(isAlive(database), 'mongod is still there').to.equal(false)
  })

  it('ends everything also when Ctrl-C comes while it starts', async () => {
    const first = start()
    while (!first.output().includes('Database:')) await sleep(20)
    first.process.kill('SIGINT')
    expect(await first.ended, first.output()).to.equal(0)
    expect(first.output()).to.include('Fermo la piattaforma').and.not.match(/Error/)
    expect(isAlive(mongod()), 'mongod is still there').to.equal(false)
  })

  it('says in one sentence that it runs already, and that a port is taken', async () => {
    const first = start()
    await first.ready
    const second = start()
    expect(await second.ended).to.equal(1)
    expect(second.output().trim()).to.match(/^La piattaforma è già in esecuzione: http:\S+ \(processo \d+\)\.[^\n]*$/)
    expect(await home()).to.equal(200)
    first.process.kill('SIGINT')
    await first.ended

    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const third = start()
    expect(await third.ended).to.equal(1)
    expect(third.output().trim()).to.match(/^La porta \d+ è già occupata[^\n]*$/)
    squatter.close()
  })

  it('starts again after the server was killed, at once, with all data and the work that was due', async () => {
    const first = start()
    await first.ready
    await withDatabase(first, (connection) =>
      connection.collection('kept').insertOne({ at: 'first' }, { writeConcern: { w: 'majority', journal: true } }),
    )
    // While it stands still, or it might be at these jobs when it is killed. Its database ends soon after it.
    first.process.kill('SIGSTOP')
    await withDatabase(first, async (connection) => {
      // Jobs that are due: the second one runs them as it starts, and must not be kept from ending by them.
      const due = { name: { $in: ['scan-documents', 'erase-consultations', 'erase-login-messages'] } }
      await connection.collection('schedule').updateMany(due, { $set: { nextRunAt: new Date(0) } })
      await connection.collection('consultations').insertMany([
        { municipality: 'vallechiara', about: 'old', at: new Date('2020-01-01T10:00:00Z') },
        { municipality: 'vallechiara', about: 'new', at: new Date() },
      ])
      await connection.collection('saml_messages').insertMany([
        { about: 'old', expiresAt: new Date('2020-01-01T10:00:00Z') },
        { about: 'new', expiresAt: new Date('2099-01-01T10:00:00Z') },
      ])
    })
    first.process.kill('SIGKILL')
    await first.ended
    const again = start()
    await again.ready
    expect(await home()).to.equal(200)
    expect(await withDatabase(again, (connection) => connection.collection('kept').countDocuments())).to.equal(1)
    for (const erased of ['consultations', 'saml_messages'])
      expect(await withDatabase(again, leftIn(erased)), `${erased}: by the job that was due`).to.deep.equal(['new'])
    again.process.kill('SIGINT')
    expect(await again.ended).to.equal(0)
  })

  it('ends with a word when its database is killed, and starts again', async () => {
    const first = start()
    await first.ready
    process.kill(mongod(), 'SIGKILL')
    expect(await first.ended).to.equal(1)
    expect(first.output()).to.include('Il database si è fermato')
    const again = start()
    await again.ready
    expect(await home()).to.equal(200)
  })

  it('tells every mistake of the configuration at once', async () => {
    const wrong = start({ PORT: 'abc', WEB: 'maybe', SMTP_URL: 'nowhere' })
    expect(await wrong.ended).to.equal(1)
    expect(wrong.output()).to.match(/PORT: .*\n.*SMTP_URL.*\n.*WEB/)
  })

  it('makes nothing up in production', async () => {
    const bare = start({ NODE_ENV: 'production' })
    expect(await bare.ended).to.equal(1)
    for (const name of ['PUBLIC_ADDRESS', 'MONGODB_URI', 'SPID_KEYS', 'SEAL_KEYS', 'SESSION_SECRET']) {
      expect(bare.output()).to.include(`${name} manca.`)
    }
  })

  it('uses another database and other identity providers under another name', async () => {
    const uri = new URL(process.env['TEST_MONGODB_URI'] ?? '')
    uri.pathname = `/test-start-${port}`
    const folder = mkdtempSync(join(tmpdir(), 'providers-'))
    const elsewhere = { MONGODB_URI: uri.href, IDENTITY_PROVIDERS: folder, PUBLIC_ADDRESS: 'https://desk.example.it' }
    const other = start(elsewhere)
    await other.ready
    const metadata = await (await fetch(`http://127.0.0.1:${port}/spid/metadata`)).text()
    expect(metadata).to.include('entityID="https://desk.example.it"').and.to.include('https://desk.example.it/spid/acs')
    expect(other.output()).not.to.include('Giulia Conti')
    other.process.kill('SIGINT')
    expect(await other.ended).to.equal(0)
    const connection = await connectDatabase(uri.href)
    expect(await connection.collection('municipalities').countDocuments()).to.equal(1)
    await connection.dropDatabase()
    await connection.close()
    rmSync(folder, { recursive: true })
  })
})
