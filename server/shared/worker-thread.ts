import { readlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { pathToFileURL } from 'node:url'

export type WorkerThread = Readonly<{ filename: string; execArgv?: string[] }>

/**
 * What a thread pool needs to start the entry file `name` (no extension) that lies beside the module `here`, from the sources or
 * from the build. Threads of Node 20 do not inherit the loader that reads TypeScript: from the sources, each registers it itself.
 */
export function workerThread(here: string, name: string): WorkerThread {
  const extension = here.slice(-3)
  const filename = new URL(`${name}${extension}`, here).href
  if (extension !== '.ts') return { filename }
  // Not import.meta.resolve: a test runner may load this module through require, where tsx leaves that out.
  const loader = pathToFileURL(
    createRequire(here)
      .resolve('tsx/esm/api')
      .replace(/\.cjs$/, '.mjs'),
  ).href
  const register = `import { register } from ${JSON.stringify(loader)}; register()`
  return { filename, execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`] }
}

/**
 * Lets the thread in which it is called give way to those that answer people: a queue of files to verify takes what pages leave.
 * Linux gives each thread a priority of its own; elsewhere all stay equal.
 */
export function giveWay(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // No such system, or not allowed to: the work is done all the same.
  }
}
