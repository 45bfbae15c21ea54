import { Piscina } from 'piscina'
import { createGate } from './gate.ts'
import type { WorkerThread } from './worker-thread.ts'

export type PoolLimits = Readonly<{
  threads: number
  /** Milliseconds for one task. */ time: number
  /** Megabytes of one thread's heap. */ memory: number
  /** Milliseconds without a task after which a thread ends. */ idle: number
}>

/** A task went beyond its limits of time or memory: the file is to blame, and only it. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded'
}

/** Runs the functions of a worker's file by name. Its threads start with the first task, end when idle, and hold up no exit. */
export type ThreadPool = <Result>(name: string, task: unknown) => Promise<Result>

export function createThreadPool(worker: WorkerThread, { threads: most, time, memory, idle }: PoolLimits): ThreadPool {
  const threads = new Piscina({
    ...worker,
    minThreads: 0,
    maxThreads: most,
    idleTimeout: idle,
    resourceLimits: { maxOldGenerationSizeMb: memory },
  })
  // A thread that cannot begin has no task yet to fail, and nobody heard of it would mean the end of the process.
  threads.on('error', () => undefined)
  // Tasks wait here, not there: their time must not run while others have the threads.
  const gate = createGate(most)

  const run = (name: string, task: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      threads.once('error', reject)
      const end = threads.run(task, { name, signal: AbortSignal.timeout(time) }).then(resolve, reject)
      void end.finally(() => threads.off('error', reject))
    })

  return async <Result>(name: string, task: unknown): Promise<Result> => {
    try {
      return (await gate(async () => run(name, task))) as Result
    } catch (error) {
      if (isLimit(error)) throw new LimitExceeded('Time or memory limit exceeded', { cause: error })
      throw error
    }
  }
}

function isLimit(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'AbortError' ||
    error.name === 'TimeoutError' ||
    (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
  )
}
