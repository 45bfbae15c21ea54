import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../setup/ports.ts'
import type { Bench } from './bench.ts'
import { atMost, median } from './figure.ts'

const STARTS = 5

/** From the command to the first page, with everything installed and data of an earlier start. */
export const figures: Bench = async () => {
  const data = mkdtempSync(join(tmpdir(), 'sportello-bench-start-'))
  try {
    await timeToFirstPage(data)
    const times: number[] = []
    while (times.length < STARTS) times.push(await timeToFirstPage(data))
    return [atMost('Da «npm start» alla prima pagina', median(times) / 1000, 3, 's')]
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function timeToFirstPage(data: string): Promise<number> {
  const port = await freePort()
  const begun = performance.now()
  const child = spawn('npm', ['start'], {
    env: { ...process.env, PORT: String(port), DATA_FOLDER: data },
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error('npm start ended before its first page')
    await sleep(10)
  }
  const taken = performance.now() - begun
  // As Ctrl-C does: the signal goes to npm and to what it started.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
  await ended
  await stopped(port)
  return taken
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/`).then(
    async (response) => (await response.text()) !== '' && response.status === 200,
    () => false,
  )

/** npm does not wait for the shell that it started. */
async function stopped(port: number): Promise<void> {
  while (await answers(port)) await sleep(20)
  await sleep(1500)
}
