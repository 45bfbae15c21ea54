import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { say } from './say.ts'

type Stoppable = Readonly<{ stop: () => unknown }>

/** What ends because a part of it is gone: whatever waits for that part would wait in vain. */
const LAST_MOMENT_MS = 1_000

export type Life = ReturnType<typeof createLife>

/**
 * What runs in this process, stopped in the reverse order of its start: on Ctrl-C, on a signal, when a part dies, or when
 * npm, which started us, is killed (nobody would be left to stop us). `ended` gives the exit code.
 */
export function createLife() {
  const parts: Stoppable[] = []
  let starting: Promise<unknown> = Promise.resolve()
  let ending: Promise<void> | undefined
  let report: (code: number) => void
  const ended = new Promise<number>((resolve) => (report = resolve))

  async function stopAll(): Promise<void> {
    // Half-way through a start nobody knows all the parts that there are to stop.
    await starting.catch(() => undefined)
    for (const part of parts.reverse()) await part.stop()
  }

  /** Ends everything once; who calls again waits for the same end. */
  async function end(code: number, reason?: string): Promise<void> {
    if (reason !== undefined && !ending) say(reason)
    ending ??= stopAll()
    await ending
    report(code)
  }

  /** A part has died, and what is under way may wait for it: the others are stopped, and nobody waits long for them. */
  async function collapse(reason: string): Promise<void> {
    await Promise.race([end(1, reason), sleep(LAST_MOMENT_MS)])
    report(1)
  }

  const launchers = process.env['npm_lifecycle_event'] === undefined ? undefined : readLaunchers()
  const orphaned = () => launchers !== undefined && readLaunchers() !== launchers
  const watch = setInterval(() => {
    if (orphaned()) void end(1)
  }, 500)
  watch.unref()
  // Both may come more than once: the terminal signals the whole group and npm passes the signal on.
  process.on('SIGINT', () => void end(0, '\nFermo la piattaforma…'))
  process.on('SIGTERM', () => void end(0))

  return {
    add<T extends Stoppable>(part: T): T {
      parts.push(part)
      return part
    },
    /** The start as a whole: an end that comes meanwhile waits for it. */
    async begin(start: Promise<void>): Promise<void> {
      starting = start
      await start
    },
    end,
    collapse,
    ended,
    isLeaving: () => ending !== undefined || orphaned(),
  }
}

/** Our parent and, where the system tells it, the parent's: npm runs its scripts through a shell, which outlives it. */
function readLaunchers(): string {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8')
    // «pid (command) state parent …»; the command may hold blanks and brackets.
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2] ?? ''}`
  } catch {
    return String(process.ppid)
  }
}
