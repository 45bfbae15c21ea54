import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSchedule, type Recurring } from '../server/schedule.ts'
import { createOutage } from '../server/shared/outage.ts'
import { connectImpatiently, wayToDatabase } from './support/database-way.ts'
import { testDatabase } from './support/database.ts'

const PACE = { look: 50, lock: 60_000 }
/** A lock that is over long before the work is, and yet longer than a busy machine holds up its renewal. */
const BRIEF = { look: 50, lock: 2_000 }

describe('the schedule', () => {
  const database = testDatabase()
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const outage = createOutage({ log, now: () => new Date() })
  const started: { stop: () => Promise<void> }[] = []
  const jobs = () => database.connection.collection('schedule')

  const process = async (recurring: readonly Recurring[], pace = PACE) =>
    started.push(await startSchedule(database.connection, recurring, { log, outage, pace }))
  const due = (name: string) => jobs().updateOne({ name }, { $set: { nextRunAt: new Date(0) } })
  async function until(happened: () => boolean): Promise<void> {
    for (let tries = 0; tries < 200 && !happened(); tries += 1) await sleep(25)
  }

  afterEach(async () => {
    for (const schedule of started.splice(0)) await schedule.stop()
    await jobs().deleteMany({})
  })

  function gate() {
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    return { opened, open: () => open() }
  }

  it('leaves long work to the process that does it, and starts it nowhere else meanwhile', async () => {
    let begun = 0
    const atEnd: number[] = []
    const work = async () => {
      begun += 1
      await sleep(2 * BRIEF.lock)
      atEnd.push(begun)
    }
    // It is due again long before it ends.
    const long = [{ name: 'long', when: '1 second', work }]
    await process(long, BRIEF)
    await process(long, BRIEF)
    await due('long')
    await until(() => atEnd.length > 0)
    expect(atEnd[0]).to.equal(1)
  })

  it('does once what is due at every start, in one of the processes that start together, and again at a later start', async () => {
    let begun = 0
    const together = gate()
    const work = async () => {
      begun += 1
      await together.opened
    }
    const atStart = [{ name: 'at-start', when: '0 0 1 1 *', atStart: true, work }]
    await Promise.all(Array.from({ length: 6 }, () => process(atStart)))
    expect(await jobs().countDocuments({ name: 'at-start' })).to.equal(1)
    await until(() => begun > 0)
    await sleep(4 * PACE.look)
    together.open()
    for (const schedule of started.splice(0)) await schedule.stop()
    expect(begun).to.equal(1)
    await process(atStart)
    await until(() => begun > 1)
    expect(begun).to.equal(2)
  })

  it('lets what is under way end before it stops', async () => {
    let isOver = false
    let isBegun = false
    const work = async () => {
      isBegun = true
      await sleep(200)
      isOver = true
    }
    await process([{ name: 'slow', when: '0 0 1 1 *', atStart: true, work }])
    await until(() => isBegun)
    for (const schedule of started.splice(0)) await schedule.stop()
    expect(isOver).to.equal(true)
  })

  it('leaves the lock to who holds it when another process starts, and goes by a changed calendar', async () => {
    const held = gate()
    let begun = 0
    const work = async () => {
      begun += 1
      await held.opened
    }
    await process([{ name: 'held', when: '0 0 1 1 *', atStart: true, work }])
    await until(() => begun > 0)
    await process([{ name: 'held', when: '0 0 1 1 *', work }])
    expect(await jobs().countDocuments({ name: 'held', lockedAt: { $ne: null } })).to.equal(1)
    held.open()
    for (const schedule of started.splice(0)) await schedule.stop()
    await process([{ name: 'held', when: '0 0 1 2 *', work }])
    expect(await jobs().find({ name: 'held' }).toArray())
      .to.have.length(1)
      .and.satisfy(([job]: { repeatInterval?: string }[]) => job?.repeatInterval === '0 0 1 2 *')
  })

  it('takes over what a dead process left, though it is due next year', async () => {
    let begun = 0
    const left = [{ name: 'left', when: '0 0 1 1 *', work: () => Promise.resolve(void (begun += 1)) }]
    await process(left, BRIEF)
    // Who begins the work enters when it is due next, and then dies at it.
    await jobs().updateOne({ name: 'left' }, { $set: { lockedAt: new Date() } })
    await sleep(BRIEF.lock / 4)
    expect(begun, 'perhaps it is not dead').to.equal(0)
    await until(() => begun > 0)
    expect(begun).to.equal(1)
  })

  it('goes on when the database goes away as it takes over what was left', async () => {
    const { way, uri, close } = await wayToDatabase(database.connection.name)
    const connection = await connectImpatiently(uri)
    const told: unknown[] = []
    const telling = { ...outage, failed: (error: unknown) => void told.push(error) }
    const isTold = () => told.length > 0
    const far = [{ name: 'far', when: '0 0 1 1 *', work: () => Promise.resolve() }]
    const schedule = await startSchedule(connection, far, { log, outage: telling, pace: PACE })
    try {
      way.endsAt = 'nextRunAt'
      await jobs().updateOne({ name: 'far' }, { $set: { lockedAt: new Date(0) } })
      await until(isTold)
      expect(isTold(), 'what is told to nobody ends the process').to.equal(true)
    } finally {
      await schedule.stop()
      await connection.close()
      close()
    }
  })
})
