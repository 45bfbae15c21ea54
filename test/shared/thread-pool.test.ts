import { expect } from 'chai'
import { createThreadPool } from '../../server/shared/thread-pool.ts'

const NO_ROOM = `data:text/javascript,${encodeURIComponent("throw new Error('no room')")}`

describe('a pool of threads', () => {
  it('fails the task, and nothing else, when no thread can begin', async () => {
    const worker = { filename: 'data:text/javascript,', execArgv: ['--import', NO_ROOM] }
    const pool = createThreadPool(worker, { threads: 1, time: 600_000, memory: 64, idle: 1_000 })
    const reasons = await Promise.all([1, 2].map(async (task) => pool('any', task).catch(String)))
    expect(reasons).to.deep.equal(['Error: no room', 'Error: no room'])
  })
})
