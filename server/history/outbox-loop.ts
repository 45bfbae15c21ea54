export type Loop = Readonly<{ stop(): Promise<void> }>

type Work = Readonly<{
  /** Does one piece of work; false when there was none. */
  step(): Promise<boolean>
  /** Starts calling `ring` whenever there may be work; returns what ends it. */
  watch(ring: () => void): () => Promise<void>
  failed(error: unknown): void
  /** Milliseconds between looks when nothing rings. */
  poll: number
  parallel: number
}>

/** Steps in `parallel` lanes until stopped; a lane that finds nothing sleeps until it is rung or the next poll. */
export function startLoop({ step, watch, failed, poll, parallel }: Work): Loop {
  const bell = createBell()
  const unwatch = watch(() => bell.ring())
  let running = true

  async function lane(): Promise<void> {
    while (running) {
      const heard = bell.rings()
      const worked = await step().catch((error: unknown) => {
        failed(error)
        return false
      })
      if (!worked) await bell.sleep(poll, heard)
    }
  }

  const lanes = Array.from({ length: parallel }, lane)
  return {
    async stop() {
      running = false
      bell.ringAll()
      await unwatch()
      await Promise.all(lanes)
    },
  }
}

/** Who tells a bell how many rings they had heard does not sleep through a later one. */
function createBell() {
  const sleepers = new Set<() => void>()
  let rings = 0
  return {
    rings: () => rings,
    /** Wakes one sleeper: for one piece of work the others would look in vain, and in the way of the first. */
    ring() {
      rings += 1
      const [first] = sleepers
      first?.()
    },
    ringAll() {
      rings += 1
      sleepers.forEach((wake) => wake())
    },
    sleep(milliseconds: number, heard: number): Promise<void> {
      if (heard !== rings) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          sleepers.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds)
        sleepers.add(wake)
      })
    },
  }
}
