import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { resetPortsCache } from 'mongodb-memory-server-core/lib/util/getport/index.js'
import { runDatabase, type Database } from '../../setup/database.ts'
import { findMongod } from '../../setup/mongod.ts'
import { freePort, isFree } from '../../setup/ports.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import { program } from '../support/program.ts'
import { startPlatform, testPlatform, type TestPlatform } from '../support/platform.ts'
import { cookieOf, type Page, type Visitor } from '../support/visitor.ts'
import { begunIn, documentsOf, entriesOf, filingOf, loggedIn, readyIn, tokenIn } from '../filings/citizen.ts'

type Draft = Readonly<{ visitor: Visitor; summary: Page; id: string }>
type Victim = Readonly<{ address: string; process: ChildProcess; kill: () => Promise<void> }>

/** Complete reports of one person, with a photograph. */
async function draftsOn(platform: TestPlatform, count: number): Promise<Draft[]> {
  const { visitor } = await loggedIn(platform, 'Giulia Conti', '/area-personale')
  const made = []
  for (let index = 0; index < count; index += 1)
    made.push(await readyIn(await begunIn(visitor), { immagini: new File([JPEG_BYTES], 'buca.jpg') }))
  return made
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt += 1) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`Waited in vain: ${what}`)
}

/** Whether somebody was refused a number: of this database only, as other tests use the same server. */
async function isRefusedNumber({ db, name }: TestPlatform['connection']): Promise<boolean> {
  const refused = { ns: `${name}.registercounters`, errName: 'WriteConflict' }
  return ((await db?.collection('system.profile').countDocuments(refused)) ?? 0) > 0
}

/** Another process of the platform, as it runs in production: the same database and settings, a port of its own. */
async function startVictim({ env }: TestPlatform, more: NodeJS.ProcessEnv): Promise<Victim> {
  const [port, cardPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, program('server/main.ts'), {
    env: { ...process.env, ...env, ...more, PORT: String(port), CNS_PORT: String(cardPort) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const address = `http://127.0.0.1:${port}`
  await until(
    () =>
      fetch(`${address}/salute`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'a server that answers',
  )
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { address, process: child, kill }
}

/** Sends the filing to that process, in the person's session. Answers its status, or undefined when it died first. */
async function sendTo({ address }: Victim, { visitor, summary, id }: Draft): Promise<number | undefined> {
  const cookie = cookieOf(visitor, summary.url)
  const body = new URLSearchParams({ _csrf: tokenIn(summary) })
  const init = { method: 'POST', body, headers: { cookie }, redirect: 'manual' } as const
  return fetch(`${address}/pratiche/${id}/invia`, init).then(
    ({ status }) => status,
    () => undefined,
  )
}

/** The filing is a draft with everything in it, or it is complete: nothing in between. */
async function expectWhole(platform: TestPlatform, id: string): Promise<'draft' | 'sent'> {
  const { connection } = platform
  const [filing, documents, entries] = await Promise.all([
    filingOf(platform, id),
    documentsOf(platform, id),
    entriesOf(platform, id),
  ])
  const events = await connection.collection('historyevents').find({ filing: id }).toArray()
  const tasks = await connection.collection('outboxtasks').countDocuments({ key: `receipt:${id}` })
  const kinds = documents.map(({ kind }) => kind as string).filter((kind) => kind !== 'receipt')
  expect(filing.answers['disservizio']).to.include({ titolo: 'Buca profonda' })
  const photo = documents.find(({ kind }) => kind === 'attachment')
  expect(filing.answers['immagini']).to.deep.equal([String(photo?._id)])
  if (filing.state === 'draft') {
    expect({ entries, events, tasks, kinds }).to.deep.equal({
      entries: [],
      events: [],
      tasks: 0,
      kinds: ['attachment'],
    })
    expect(filing).to.have.property('revision', 2)
    return 'draft'
  }
  expect(entries).to.have.length(1)
  expect(filing.protocol).to.include({ entry: String(entries[0]?._id), number: Number(entries[0]?.['number']) })
  expect(events.map(({ type }) => type as string)).to.deep.equal(['submitted'])
  expect(tasks).to.equal(1)
  expect(kinds.sort()).to.deep.equal(['application', 'attachment'])
  return 'sent'
}

async function expectNumbersWhole({ connection }: TestPlatform, count: number): Promise<void> {
  const entries = await connection.collection('registerentries').find({}).sort({ number: 1 }).toArray()
  expect(entries.map((entry) => Number(entry['number']))).to.deep.equal(Array.from({ length: count }, (_, i) => i + 1))
}

describe('kill -9 of the server around the sending', function () {
  this.timeout(120_000)
  // The platform that answers on the public address stays: it is what people find "after". Only victims do the work behind.
  const site = testPlatform({ env: { WORKER: 'false' } })
  const drafts: Draft[] = []
  const victims: Victim[] = []

  /** Drafts of this test; they stay for the last one, which ends all of them. */
  async function prepared(count: number): Promise<Draft[]> {
    const made = await draftsOn(site.platform, count)
    drafts.push(...made)
    return made
  }
  async function victim(env: NodeJS.ProcessEnv = { WORKER: 'false' }): Promise<Victim> {
    const started = await startVictim(site.platform, env)
    victims.push(started)
    return started
  }
  after(async () => {
    await Promise.all(victims.map(({ kill }) => kill()))
  })

  it('at twelve instants from before the request to after the answer', async () => {
    const [target, [trial, ...sending]] = [await victim(), await prepared(13)]
    const begun = performance.now()
    expect(await sendTo(target, trial as Draft)).to.equal(303)
    const span = performance.now() - begun
    // Each is sent a little later than the one before, and all meet the same end.
    const answers = sending.map(async (draft, index) => {
      await sleep((span * (index + Math.random())) / 4)
      return sendTo(target, draft)
    })
    await sleep(span * 2.5)
    await target.kill()
    const statuses = await Promise.all(answers)
    for (const [index, draft] of sending.entries()) {
      const state = await expectWhole(site.platform, draft.id)
      if (statuses[index] === 303) expect(state, 'what was confirmed').to.equal('sent')
    }
  })

  it('in the middle of the transaction: nothing of it is left', async () => {
    const { connection } = site.platform
    const [target, [trial, draft]] = [await victim(), (await prepared(2)) as [Draft, Draft]]
    expect(await sendTo(target, trial)).to.equal(303)
    const session = await connection.startSession()
    session.startTransaction()
    // Whoever holds the counter keeps the victim's transaction from ever getting its number.
    await connection.collection('registercounters').updateMany({}, { $set: { held: true } }, { session })
    await connection.db?.command({ profile: 2 })
    const answer = sendTo(target, draft)
    await until(() => isRefusedNumber(connection), 'a transaction that got no number')
    await connection.db?.command({ profile: 0 })
    await sleep(200)
    await target.kill()
    await session.abortTransaction()
    await session.endSession()
    expect(await answer).to.equal(undefined)
    expect(await expectWhole(site.platform, draft.id)).to.equal('draft')
  })

  it('right after the commit, and while the receipt is being made', async () => {
    const [target, sending] = [await victim({ WORKER: 'true' }), await prepared(3)]
    const answers = sending.map((draft) => sendTo(target, draft))
    const claimed = async () =>
      (await site.platform.connection.collection('outboxtasks').countDocuments({ lease: { $ne: null } })) > 0
    await until(claimed, 'a receipt begun')
    await target.kill()
    await Promise.all(answers)
    for (const { id } of sending) await expectWhole(site.platform, id)
  })

  it('after the restart every filing can be sent, has one number and, in the end, one receipt', async () => {
    const { connection } = site.platform
    // The dead worker's hold on its tasks ends after a minute: it has passed.
    await connection.collection('outboxtasks').updateMany({ state: 'waiting' }, { $set: { due: new Date(0) } })
    const restarted = await victim({ WORKER: 'true' })
    for (const draft of drafts) expect(await sendTo(restarted, draft)).to.equal(303)
    for (const { id } of drafts) expect(await expectWhole(site.platform, id)).to.equal('sent')
    await expectNumbersWhole(site.platform, drafts.length)
    const waiting = async () =>
      (await connection.collection('outboxtasks').countDocuments({ state: { $ne: 'done' } })) === 0
    await until(waiting, 'all receipts')
    for (const { id } of drafts) {
      const receipts = (await documentsOf(site.platform, id)).filter(({ kind }) => kind === 'receipt')
      expect(receipts.map(({ _id }) => String(_id))).to.deep.equal([(await filingOf(site.platform, id)).receipt])
      expect(await connection.collection('messages').countDocuments({ filing: id })).to.equal(1)
    }
  })
})

describe('kill -9 of the database at the sending', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'sportello-crash-'))
  let database: Database
  let platform: TestPlatform
  let port: number

  const runOn = async (): Promise<Database> => {
    const { path } = await findMongod(process.cwd())
    return runDatabase({ mongod: path, folder, name: 'crash', port, onDeath: () => undefined })
  }
  before(async () => {
    port = await freePort()
    database = await runOn()
    platform = await startPlatform({ server: database.uri })
  })
  after(async () => {
    await platform.stop()
    await database.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('loses nothing that was confirmed, and goes on by itself when the database is back', async () => {
    const drafts = await draftsOn(platform, 4)
    const [first, ...others] = drafts as [Draft, ...Draft[]]
    expect((await first.visitor.submit(first.summary)).text).to.match(/\d{7}\/\d{4}/)
    const answers = others.map(async ({ visitor, summary }, index) => {
      await sleep(index * 15)
      return visitor.submit(summary)
    })
    await sleep(30)
    process.kill(Number.parseInt(readFileSync(join(folder, 'mongod.lock'), 'utf8'), 10), 'SIGKILL')
    // It must come back where it was: the kernel takes a moment to let go of the port, and in one process the starter of
    // databases would not use a port again within ten seconds.
    await until(() => isFree(port), 'the port of the dead database')
    const health = await fetch(`${platform.url}/salute`)
    const said = ['content-type', 'retry-after', 'cache-control'].map((name) => health.headers.get(name))
    expect([health.status, await health.text(), ...said]).to.deep.equal([
      503,
      'database away',
      'text/plain; charset=utf-8',
      '30',
      'no-store',
    ])
    resetPortsCache()
    database = await runOn()
    const pages = await Promise.all(answers)
    await until(
      () =>
        platform
          .visitor()
          .get('/salute')
          .then(({ status }) => status === 200),
      'a platform that is well',
    )
    for (const [index, draft] of others.entries()) {
      const state = await expectWhole(platform, draft.id)
      const page = pages[index]
      if (page?.status === 200) expect(state).to.equal('sent')
      else expect(page?.text).to.match(/quello che avevi salvato non è andato perso/)
    }
    expect(await expectWhole(platform, first.id)).to.equal('sent')
    const { visitor } = await loggedIn(platform, 'Giulia Conti', '/area-personale')
    for (const { id } of others) {
      const page = await visitor.get(`/pratiche/${id}`)
      if (page.url.endsWith('/riepilogo')) expect((await visitor.submit(page)).url).to.match(/\/inviata$/)
      expect(await expectWhole(platform, id)).to.equal('sent')
    }
    await expectNumbersWhole(platform, drafts.length)
  })
})
