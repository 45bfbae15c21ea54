import { say } from './say.ts'

type Stoppable = Readonly<{ stop: () => unknown }>

export type Life = ReturnType<typeof createLife>

/**
 * What runs in this process, stopped in the reverse order of its start: on Ctrl-C, on a signal, when a part dies, or when
 * npm, which started us, is killed (nobody would be left to stop us). `ended` gives the exit code.
 */
export function createLife() {
  const parts: Stoppable[] = []
  let ending: Promise<void> | undefined
  let report: (code: number) => void
  const ended = new Promise<number>((resolve) => (report = resolve))

  async function stopAll(): Promise<void> {
    for (const part of parts.reverse()) await part.stop()
  }

  /** Ends everything once; who calls again waits for the same end. */
  async function end(code: number, reason?: string): Promise<void> {
    if (reason !== undefined && !ending) say(reason)
    ending ??= stopAll()
    await ending
    report(code)
  }

  const parent = process.ppid
  const orphaned = () => startedByNpm() && process.ppid !== parent
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
    end,
    ended,
    isLeaving: () => ending !== undefined || orphaned(),
  }
}

const startedByNpm = (): boolean => process.env['npm_lifecycle_event'] !== undefined
