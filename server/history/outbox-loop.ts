export type Loop = Readonly<{ stop(): Promise<void> }>

type Work = Readonly<{
  /** Does one piece of work; false when there was none. */
  step(): Promise<boolean>
  /** Starts calling `ring` whenever there may be work; returns what ends it. */
  watch(ring: () => void): () => Promise<void>
  failed(error: unknown): void
  /** Milliseconds between looks when nothing rings: one lane looks, not each. */
  poll: number
  parallel: number
}>

/**
 * Steps in `parallel` lanes until stopped. A lane that finds nothing sleeps until it is woken: one of them by each ring, and one at each
 * poll, so that much work of which nobody tells (retries, after an outage) brings one lane after the other back.
 */
export function startLoop({ step, watch, failed, poll, parallel }: Work): Loop {
  const bell = createBell()
  const unwatch = watch(() => bell.ring())
  const clock = setInterval(() => bell.ring(), poll)
  let running = true

  async function lane(): Promise<void> {
    while (running) {
      const heard = bell.rings()
      const worked = await step().catch((error: unknown) => {
        failed(error)
        return false
      })
      if (!worked) await bell.sleep(heard)
    }
  }

  const lanes = Array.from({ length: parallel }, lane)
  return {
    async stop() {
      running = false
      clearInterval(clock)
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
    sleep(heard: number): Promise<void> {
      if (heard !== rings) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(wake)
          resolve()
        }
        sleepers.add(wake)
      })
    },
  }
}
