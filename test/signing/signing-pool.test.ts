import { expect } from 'chai'
import { readdirSync } from 'node:fs'
import { constants, getPriority } from 'node:os'
import { signingPool } from '../../server/signing/signing-pool.ts'

const isLinux = process.platform === 'linux'

/** The threads of this process, where the system gives each a priority of its own. */
const threads = (): number[] => (isLinux ? readdirSync('/proc/self/task').map(Number) : [])

describe('the threads that verify', () => {
  const pool = signingPool({ threads: 1, time: 60_000, memory: 128, idle: 100 })
  const trust = { at: Date.now(), anchors: [], intermediates: [], evidence: null, registeredAt: null }
  let lower: number[]
  before(async () => {
    const before = threads()
    await pool.verify({ content: Buffer.from('x'), name: 'x.txt', detached: null, trust })
    const begun = threads().filter((thread) => !before.includes(thread))
    lower = begun.filter((thread) => getPriority(thread) === constants.priority.PRIORITY_BELOW_NORMAL)
  })

  it('give way to the thread that answers people', () => {
    expect(lower).to.have.length(isLinux ? 1 : 0)
  })

  it('end when there has been nothing to do for the time given', async () => {
    while (threads().some((thread) => lower.includes(thread))) await new Promise((wait) => setTimeout(wait, 20))
  })
})
