import { Worker } from 'node:worker_threads'
import { workerThread } from '../shared/worker-thread.ts'
import type { Said, Start } from './verify-command-worker.ts'

/**
 * The verifier as a command: one JSON object a line, exit status by the worst verdict. A thread reads the files, as everywhere where
 * bytes are not trusted; this watches it. A file that breaks it is reported, and another thread goes on with the next.
 */

/** Milliseconds without a sign of life, and megabytes of heap. */
const LIMITS = { time: 60_000, memory: 512 }
const WRONG_USAGE = 64

/** Resolves with the index of the file that went beyond the limits, or null when the thread came to the end. */
function run(start: Start): Promise<number | null> {
  const { filename, execArgv } = workerThread(import.meta.url, './verify-command-worker')
  const worker = new Worker(new URL(filename), {
    ...(execArgv && { execArgv }),
    argv: process.argv.slice(2),
    workerData: start,
    resourceLimits: { maxOldGenerationSizeMb: LIMITS.memory },
  })
  let file = start.from
  return new Promise((resolve, reject) => {
    const exceeded = (): void => {
      resolve(file)
      void worker.terminate()
    }
    const clock = setTimeout(exceeded, LIMITS.time)
    worker.on('message', (said: Said) => {
      clock.refresh()
      if (tell(said)) file++
    })
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') exceeded()
      else reject(error)
    })
    worker.on('exit', () => {
      clearTimeout(clock)
      resolve(null)
    })
  })
}

/** Says whether that was the report on a file. */
function tell(said: Said): boolean {
  if ('misused' in said) {
    process.stderr.write(`${said.misused}\n`)
    process.exitCode = WRONG_USAGE
  }
  if (!('report' in said)) return false
  process.stdout.write(`${said.report}\n`)
  process.exitCode = Math.max(Number(process.exitCode ?? 0), said.status)
  return true
}

for (let broken = await run({ from: 0, isBroken: false }); broken !== null;)
  broken = await run({ from: broken, isBroken: true })
