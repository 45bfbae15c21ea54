import { expect } from 'chai'
import { networkOf } from '../../server/shared/attempts.ts'
import { createAttempts } from '../../server/shared/attempts-store.ts'
import { testDatabase } from '../support/database.ts'

const LIMIT = { most: 5, window: 1000 }

describe('tries of a secret', () => {
  const [one, two] = [testDatabase(), testDatabase()]
  let at = 0
  const now = () => new Date(at)
  const here = () => createAttempts({ connection: one.connection, now })
  /** The same database, as another process sees it. */
  const there = () => {
    const connection = two.connection.useDb(one.connection.name)
    return createAttempts({ connection, now })
  }
  beforeEach(async () => {
    at = 0
    await one.connection.collection('attempts').deleteMany({})
  })

  it('that come twenty at once to two processes are counted together: five are let through', async () => {
    const [first, second] = [here(), there()]
    const taken = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second).take('secret', LIMIT)),
    )
    expect(taken.filter(Boolean)).to.have.length(5)
    expect(await here().take('secret', LIMIT)).to.equal(false)
    expect(await here().take('another', LIMIT)).to.equal(true)
  })

  it('are forgotten after a time that no further try prolongs', async () => {
    const attempts = here()
    for (; at < 1000; at += 100) await attempts.take('secret', LIMIT)
    expect(await attempts.take('secret', LIMIT)).to.equal(true)
    for (let tries = 0; tries < 4; tries += 1) expect(await attempts.take('secret', LIMIT)).to.equal(true)
    expect(await attempts.take('secret', LIMIT)).to.equal(false)
  })

  it('are forgotten when the secret was right', async () => {
    const attempts = here()
    for (let tries = 0; tries < 5; tries += 1) await attempts.take('secret', LIMIT)
    await attempts.forget('secret')
    expect(await attempts.take('secret', LIMIT)).to.equal(true)
  })

  it('are looked at without counting one', async () => {
    const attempts = here()
    for (let tries = 0; tries < 4; tries += 1) await attempts.take('secret', LIMIT)
    expect(await attempts.isClosed('secret', LIMIT)).to.equal(false)
    await there().take('secret', LIMIT)
    expect(await attempts.isClosed('secret', LIMIT)).to.equal(true)
    at = LIMIT.window
    expect(await attempts.isClosed('secret', LIMIT)).to.equal(false)
  })

  it('are each secret’s own, when they are looked at and when they are forgotten', async () => {
    const attempts = here()
    for (let tries = 0; tries < 5; tries += 1) await attempts.take('secret', LIMIT)
    expect(await attempts.isClosed('another', LIMIT)).to.equal(false)
    await attempts.forget('another')
    expect(await attempts.isClosed('secret', LIMIT)).to.equal(true)
  })

  it('are stored without the key, and erased by the database', async () => {
    await here().take('second-code abc 192.0.2.7', LIMIT)
    const rows = await one.connection.collection('attempts').find().toArray()
    expect(JSON.stringify(rows)).not.to.include('192.0.2.7')
    await one.connection.models['Attempt']?.syncIndexes()
    const indexes = await one.connection.collection('attempts').indexes()
    expect(indexes.find(({ key }) => 'until' in key)).to.include({ expireAfterSeconds: 0 })
  })
})

describe('a network', () => {
  const same: Record<string, readonly [string, string]> = {
    'IPv4, also as IPv6 writes it': ['192.0.2.7', '::ffff:192.0.2.7'],
    'two addresses of one IPv6 line': ['2001:db8:1:2::1', '2001:db8:1:2:ffff:1:2:3'],
    'zeros left out': ['2001:db8::1', '2001:db8:0:0:9::1'],
    'of one interface': ['fe80::1%eth0', 'fe80::2'],
  }
  for (const [name, [left, right]] of Object.entries(same))
    it(`is the same: ${name}`, () => expect(networkOf(left)).to.equal(networkOf(right)))

  it('differs between lines', () => {
    expect(networkOf('2001:db8:1:2::1')).not.to.equal(networkOf('2001:db8:1:3::1'))
    expect(networkOf('192.0.2.7')).not.to.equal(networkOf('192.0.2.8'))
  })
})
