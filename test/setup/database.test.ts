import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { connectDatabase } from '../../server/database.ts'
import { runDatabase } from '../../setup/database.ts'
import { findMongod } from '../../setup/mongod.ts'
import { freePort } from '../../setup/ports.ts'

describe('the embedded database', function () {
  // Each test starts a server or two.
  const folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  const dataFolder = join(folder, 'data')
  let mongod: string
  let port: number
  const run = (onDeath: () => void = () => undefined) =>
    runDatabase({ mongod, folder: dataFolder, name: 'kept', port, onDeath })
  const pid = () => Number.parseInt(readFileSync(join(dataFolder, 'mongod.lock'), 'utf8'), 10)

  before(async () => {
    mongod = (await findMongod(process.cwd())).path
    port = await freePort()
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  async function insert(uri: string): Promise<number> {
    const connection = await connectDatabase(uri)
    try {
      const collection = connection.collection('things')
      await connection.transaction((session) => collection.insertOne({ at: new Date() }, { session }))
      return await collection.countDocuments()
    } finally {
      await connection.close()
    }
  }

  it('has transactions, and keeps its data when it is stopped and started', async () => {
    for (const expected of [1, 2]) {
      const database = await run()
      expect(await insert(database.uri)).to.equal(expected)
      await database.stop()
    }
  })

  it('keeps them when it is killed, and says that it died', async () => {
    let dead: () => void
    const death = new Promise<void>((resolve) => (dead = resolve))
    const database = await run(() => dead())
    expect(await insert(database.uri)).to.equal(3)
    process.kill(pid(), 'SIGKILL')
    await death
    const socket = join(sep, 'tmp', `mongodb-${new URL(database.uri).port}.sock`)
    expect(existsSync(socket), 'socket left behind').to.equal(false)
    await database.stop()
  })

  it('ends the mongod that a killed start left behind, and goes on with its data', async () => {
    const { uri } = await run()
    expect(await insert(uri)).to.equal(4)
    const leftover = pid()
    const database = await run()
    expect(() => process.kill(leftover, 0)).to.throw('ESRCH')
    expect(await insert(database.uri)).to.equal(5)
    await database.stop()
  })

  it('moves to another port when its own is taken', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const database = await run()
    expect(new URL(database.uri).port).not.to.equal(String(port))
    expect(await insert(database.uri)).to.equal(6)
    await database.stop()
    squatter.close()
  })

  it('moves to another port when its own is taken while it starts', async () => {
    // Not that of the other tests: in one process the starter uses no port twice within ten seconds.
    const wanted = await freePort()
    const late = afterSquatter(mongod, folder, wanted)
    const onDeath = () => undefined
    const database = await runDatabase({ mongod: late, folder: dataFolder, name: 'kept', port: wanted, onDeath })
    expect(new URL(database.uri).port).not.to.equal(String(wanted))
    expect(await insert(database.uri)).to.equal(7)
    await database.stop()
  })

  it('says where to look when it cannot open its data', async () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    for (const name of ['WiredTiger', 'WiredTiger.turtle', 'WiredTiger.wt']) writeFileSync(join(broken, name), 'broken')
    const onDeath = () => undefined
    const starting = runDatabase({ mongod, folder: broken, name: 'broken', port: await freePort(), onDeath })
    const error: unknown = await starting.catch((thrown: unknown) => thrown)
    expect(error).to.include({ name: 'SetupProblem' })
    expect(error)
      .to.have.property('message')
      .that.matches(/broken.*Guarda se il disco è pieno/)
  })

  it('is refused, with what to do, when it is a server without transactions', async () => {
    const alone = join(folder, 'alone')
    const server = await standAlone(mongod, alone)
    const error = await connectDatabase(`mongodb://127.0.0.1:${server.port}/x`).catch((e: unknown) => e)
    expect(error)
      .to.have.property('message')
      .that.matches(/server singolo.*--replSet rs0.*rs\.initiate/)
    server.process.kill('SIGKILL')
  })

  it('is asked for by name when nobody answers', async () => {
    const uri = `mongodb://127.0.0.1:${await freePort()}/x?serverSelectionTimeoutMS=300`
    const error = await connectDatabase(uri).catch((e: unknown) => e)
    expect(error)
      .to.have.property('message')
      .that.matches(/MONGODB_URI: il database non risponde/)
  })
})

/** A server that finds its port taken by the time that it opens it: the first time somebody sits there until it has ended. */
function afterSquatter(mongod: string, folder: string, port: number): string {
  const program = join(folder, 'late-mongod.mjs')
  const source = `#!${process.execPath}
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
const args = process.argv.slice(2)
const start = () => spawn(${JSON.stringify(mongod)}, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code))
let child
process.on('SIGINT', () => child.kill('SIGINT')).on('SIGTERM', () => child.kill('SIGTERM'))
const port = Number(args[args.indexOf('--port') + 1])
if (port === ${port}) createServer().listen(port, '127.0.0.1', () => (child = start()))
else child = start()
`
  writeFileSync(program, source, { mode: 0o755 })
  return program
}

async function standAlone(mongod: string, folder: string): Promise<{ port: number; process: ChildProcess }> {
  mkdirSync(folder)
  const port = await freePort()
  const child = spawn(mongod, ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'])
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (data: Buffer) => data.includes('Waiting for connections') && resolve()),
  )
  return { port, process: child }
}
