import { expect } from 'chai'
import { readdirSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { createSigningPool } from '../../server/signing/signing-pool.ts'

const isLinux = process.platform === 'linux'

/** The threads of this process, where the system gives each a priority of its own. */
const threads = (): number[] => (isLinux ? readdirSync('/proc/self/task').map(Number) : [])

describe('the threads that verify', () => {
  const pool = createSigningPool({ threads: 1, time: 60_000, memory: 128 })
  after(() => pool.close())

  it('give way to the thread that answers people', async () => {
    const before = threads()
    const trust = { at: Date.now(), anchors: [], intermediates: [], evidence: null, registeredAt: null }
    await pool.verify({ content: Buffer.from('x'), name: 'x.txt', detached: null, trust })
    const begun = threads().filter((thread) => !before.includes(thread))
    const lower = begun.filter((thread) => getPriority(thread) === constants.priority.PRIORITY_BELOW_NORMAL)
    expect(lower).to.have.length(isLinux ? 1 : 0)
  })
})
