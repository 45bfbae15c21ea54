import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { createOutbox, type NewTask, type Pace } from '../../server/history/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import { isDatabaseAway } from '../../server/shared/database-failure.ts'
import { createOutage } from '../../server/shared/outage.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { connectImpatiently, databaseWay, wayToDatabase } from '../support/database-way.ts'
import { eventually } from '../support/eventually.ts'
import { program } from '../support/program.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const task = (key: string): NewTask => ({ key, kind: 'receipt', municipality: 'vallechiara', payload: { filing: key } })

describe('the outbox', () => {
  const database = testDatabase()
  const logged: { level: 'warn' | 'error'; facts: object }[] = []
  const log = {
    info: () => undefined,
    warn: (facts: object) => void logged.push({ level: 'warn', facts }),
    error: (facts: object) => void logged.push({ level: 'error', facts }),
  }
  let inTransaction: InTransaction
  let clock: Date
  const outboxWith = (pace: Partial<Pace> = {}, now = () => clock) =>
    createOutbox({ connection: database.connection, newId, now, log, pace })
  const put = (...tasks: NewTask[]) => inTransaction((tx) => outboxWith().put(tasks, tx))

  before(async () => {
    outboxWith()
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
  })
  beforeEach(async () => {
    clock = new Date('2026-03-02T09:00:00Z')
    logged.length = 0
    await database.connection.collection('outboxtasks').deleteMany({})
  })

  it('does what a committed transaction asked, and nothing of one that aborted', async () => {
    await put(task('f1'))
    await inTransaction(async (tx) => {
      await outboxWith().put([task('f2')], tx)
      throw new Error('refused')
    }).catch(() => undefined)
    const done: unknown[] = []
    await outboxWith().drain({ receipt: async (payload) => void done.push(payload) })
    expect(done).to.deep.equal([{ filing: 'f1' }])
  })

  it('does a key once, however often it is put', async () => {
    await Promise.all([put(task('f1')), put(task('f1')), put(task('f1'))])
    const done: unknown[] = []
    await outboxWith().drain({ receipt: async (payload) => void done.push(payload) })
    await put(task('f1'))
    await outboxWith().drain({ receipt: async (payload) => void done.push(payload) })
    expect(done).to.have.length(1)
  })

  it('leaves alone the kinds that it has no handler for', async () => {
    await put(task('f1'))
    await outboxWith().drain({ mail: async () => expect.fail('not a mail') })
    expect(await database.connection.collection('outboxtasks').countDocuments({ state: 'waiting' })).to.equal(1)
  })

  it('tries again after pauses that double, and gives up with an error in the log', async () => {
    const outbox = outboxWith({ attempts: 3, pause: 1_000 })
    let tries = 0
    const handlers = {
      receipt: async () => {
        tries += 1
        throw new Error('printer on fire')
      },
    }
    await put(task('f1'))
    for (const [seconds, expected] of [
      [0, 1],
      [0.9, 1],
      [0.1, 2],
      [1.9, 2],
      [0.1, 3],
      [3600, 3],
    ] as const) {
      clock = new Date(clock.getTime() + seconds * 1_000)
      await outbox.drain(handlers)
      expect(tries).to.equal(expected)
    }
    expect(logged.map(({ level }) => level)).to.deep.equal(['warn', 'warn', 'error'])
    expect(logged[2]?.facts).to.include({ kind: 'receipt', attempt: 3 }).and.not.have.property('payload')

    const [dead] = (await outbox.dead('vallechiara')).tasks
    const failure = { kind: 'DEFECT', error: 'printer on fire' }
    expect(dead).to.deep.include({ ...task('f1'), attempts: 3, failure })
    const id = dead?.id ?? ''
    expect(await outbox.revive({ municipality: 'altrove', id }), 'by another municipality').to.equal(0)
    expect(await outbox.revive({ municipality: 'vallechiara', id })).to.equal(1)
    expect(await outbox.revive({ municipality: 'vallechiara', id }), 'pressed twice').to.equal(0)
    expect(await outbox.retryingCount('vallechiara')).to.equal(1)
    await outbox.drain(handlers)
    expect(tries).to.equal(4)

    for (const seconds of [1, 2]) {
      clock = new Date(clock.getTime() + seconds * 1_000)
      await outbox.drain(handlers)
    }
    expect(await outbox.deadCount('vallechiara')).to.equal(1)
    await outbox.revive()
    await outbox.drain(handlers)
    expect(tries, 'all of them, as at the start of a worker').to.equal(7)
  })

  it('gives each of 40 tasks to one of four workers only', async () => {
    await put(...Array.from({ length: 40 }, (_, i) => task(`f${String(i)}`)))
    const done: unknown[] = []
    const handlers = { receipt: async ({ filing }: NewTask['payload']) => void done.push(filing) }
    await Promise.all(Array.from({ length: 4 }, () => outboxWith().drain(handlers)))
    expect(done).to.have.length(40)
    expect(new Set(done)).to.have.length(40)
  })

  it('is woken by the commit, not by the poll, and stops after what is under way', async () => {
    const outbox = outboxWith({ poll: 60_000 }, () => new Date())
    const events: string[] = []
    let taken: () => void
    const isTaken = new Promise<void>((resolve) => (taken = resolve))
    const loop = outbox.run({
      receipt: async () => {
        taken()
        await new Promise((resolve) => setTimeout(resolve, 50))
        events.push('done')
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 300)) // all lanes asleep, the stream open
    clock = new Date()
    await put(task('f1'))
    await isTaken
    await loop.stop()
    expect(events).to.deep.equal(['done'])
    expect(await database.connection.collection('outboxtasks').countDocuments({ state: 'done' })).to.equal(1)
  })

  it('holds a long task for longer than its lease', async () => {
    const now = () => new Date()
    clock = now()
    await put(task('f1'))
    let runs = 0
    const handlers = {
      receipt: async () => {
        runs += 1
        await new Promise((resolve) => setTimeout(resolve, 700))
      },
    }
    const loops = [outboxWith({ lease: 300, poll: 50 }, now), outboxWith({ lease: 300, poll: 50 }, now)].map((outbox) =>
      outbox.run(handlers),
    )
    await new Promise((resolve) => setTimeout(resolve, 900))
    await Promise.all(loops.map((loop) => loop.stop()))
    expect(runs).to.equal(1)
  })

  it('gives the task of a killed process to another when its lease ends', async () => {
    clock = new Date()
    await put(task('f1'))
    const told = [process.env['TEST_MONGODB_URI'] ?? '', database.connection.name]
    const victim = spawn(process.execPath, [...program('test/history/outbox-victim.ts'), ...told], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(victim.stdout, 'data')
    victim.kill('SIGKILL')
    await once(victim, 'exit')

    const outbox = outboxWith({ poll: 50 }, () => new Date())
    const attempt = await new Promise<number>((resolve) => {
      const loop = outbox.run({
        receipt: async (_payload, { attempt }) => {
          resolve(attempt)
          void loop.stop()
        },
      })
    })
    expect(attempt).to.equal(2)
  })

  it('tells once that the database is away, however often its lanes look, and that it is back', async () => {
    const { way, uri, close } = await databaseWay()
    const connection = await connectImpatiently(uri)
    const outage = createOutage({ log, now: () => clock })
    let failures = 0
    const failed = (...what: Parameters<typeof outage.failed>) => {
      failures += 1
      outage.failed(...what)
    }
    const loop = createOutbox({
      connection,
      newId,
      now: () => clock,
      log,
      outage: { ...outage, failed },
      pace: { poll: 20 },
    }).run({ receipt: async () => undefined })
    try {
      way.hangs = true
      await eventually(async () => expect(failures).to.be.above(12))
      expect(logged.map(({ level }) => level)).to.deep.equal(['error'])
      way.hangs = false
      await eventually(async () => expect(logged).to.have.length(2))
      expect(logged.map(({ level }) => level)).to.deep.equal(['error', 'warn'])
    } finally {
      await loop.stop()
      await connection.close()
      close()
    }
  })

  it('is woken by the commit again after the database was away', async () => {
    const { way, uri, close } = await wayToDatabase(database.connection.name)
    const connection = await connectImpatiently(uri)
    const done: unknown[] = []
    const loop = createOutbox({ connection, newId, now: () => new Date(), log, pace: { poll: 3_600_000 } }).run({
      receipt: async (payload) => void done.push(payload),
    })
    // Again and again: what is put while no stream is open yet rings nothing.
    const isWoken = () =>
      eventually(async () => {
        clock = new Date()
        await put(task(newId()))
        expect(done).to.not.have.length(0)
      })
    const isLost = async () =>
      connection
        .collection('outboxtasks')
        .findOne()
        .then(() => false, isDatabaseAway)
    try {
      await isWoken()
      way.hangs = true
      // The second one waits for a server for as long as the stream did before it gave up.
      expect([await isLost(), await isLost()]).to.deep.equal([true, true])
      way.hangs = false
      await eventually(async () => expect(await isLost()).to.equal(false))
      done.length = 0
      await isWoken()
    } finally {
      await loop.stop()
      await connection.close()
      close()
    }
  })

  it('reads of what was given up one page, and nothing to count it', async () => {
    const dead = Array.from({ length: 60 }, (_, index) => {
      const id = `t${String(index)}`
      return { ...task(id), _id: id as never, state: 'dead', due: clock, endedAt: clock, attempts: 84, putAt: clock }
    })
    await database.connection.collection('outboxtasks').insertMany(dead)
    const { tasks, total } = await outboxWith().dead('vallechiara')
    expect([tasks.length, total]).to.deep.equal([25, 60])
    const [list] = await profiledFinds(database.connection, () => outboxWith().dead('vallechiara'), 'outboxtasks')
    expect(list).to.include({ docsExamined: 25 }).and.not.have.property('hasSortStage')
    const count = { state: 'dead', municipality: 'vallechiara' }
    const plan = await database.connection
      .collection('outboxtasks')
      .find(count, { projection: { _id: 1 } })
      .explain('executionStats')
    expect(plan).to.have.nested.property('executionStats.totalDocsExamined', 0)
  })

  it('gives up a task that kills whoever takes it', async () => {
    await put(task('f1'))
    await database.connection.collection('outboxtasks').updateOne({}, { $set: { attempts: 3 } })
    await outboxWith({ attempts: 3 }).drain({ receipt: async () => expect.fail('taken again') })
    expect(logged.map(({ level }) => level)).to.deep.equal(['error'])
  })
})
