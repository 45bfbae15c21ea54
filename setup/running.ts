import { existsSync, mkdirSync, unlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupProblem } from './problem.ts'

export type Running = Readonly<{ pid: number; address: string; leaving: boolean }>

const PATIENCE_MS = 20_000

/**
 * Makes this process the only one that uses a data folder, until it ends. The claim is a listening socket in that folder:
 * unlike a file with a process number it goes with the process, `kill -9` included. `about` answers whoever comes second.
 * Throws SetupProblem when another one is running; waits for one that is just leaving.
 */
export async function claim(folder: string, about: () => Running): Promise<{ stop: () => void }> {
  mkdirSync(folder, { recursive: true })
  // Relative, because the path of such a socket may have at most 103 characters on some systems.
  const path = relative(process.cwd(), join(folder, 'running.sock'))
  await waitUntilNobodyRuns(path)
  // Left by a process that was killed. Not rmSync: after it has removed a socket, Node 20 gives CommonJS packages half loaded.
  if (existsSync(path)) unlinkSync(path)
  const server = createServer((socket) => socket.on('error', () => undefined).end(JSON.stringify(about())))
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  server.unref()
  return { stop: () => server.close() }
}

async function waitUntilNobodyRuns(path: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const running = await ask(path)
    if (!running) return
    if (!running.leaving || Date.now() > until) {
      throw new SetupProblem(
        `La piattaforma è già in esecuzione: ${running.address} (processo ${running.pid}). ` +
          'Fermala con Ctrl-C nella sua finestra prima di avviarla di nuovo.',
      )
    }
    await sleep(100)
  }
}

async function ask(path: string): Promise<Running | undefined> {
  return new Promise((resolve) => {
    let answer = ''
    connect(path)
      .setEncoding('utf8')
      .on('data', (data: string) => (answer += data))
      .on('end', () => resolve(answer === '' ? undefined : (JSON.parse(answer) as Running)))
      .on('error', () => resolve(undefined))
  })
}
