import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { closeSync, constants as modes, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs'
import { constants, getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { LimitExceeded } from '../../server/shared/thread-pool.ts'
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

  it('are given the time of a file from when it is begun, not while it waits for others', async function () {
    const folder = mkdtempSync(join(tmpdir(), 'sportello-'))
    // Whoever opens a pipe to read waits for somebody who writes.
    const pipes = ['first', 'second'].map((name) => join(folder, name))
    for (const path of pipes) execFileSync('mkfifo', [path])
    const slow = signingPool({ threads: 1, time: 2_000, memory: 128 })
    const ended: string[] = []
    const verified = pipes.map((path) =>
      slow
        .verify({ content: { path }, name: path, detached: null, trust })
        .catch((error: unknown) => expect(error).to.be.instanceOf(LimitExceeded))
        .finally(() => ended.push(path)),
    )
    try {
      await verified[0]
      await new Promise((wait) => setTimeout(wait, 50))
      expect(ended).to.deep.equal(pipes.slice(0, 1))
    } finally {
      const writers = pipes.map((path) => openSync(path, modes.O_RDWR | modes.O_NONBLOCK))
      await Promise.all(verified)
      writers.forEach(closeSync)
      rmSync(folder, { recursive: true })
    }
  })
})
