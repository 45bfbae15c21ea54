import type { FetchOptions } from './web-fetch.ts'

/** `fetchBytes` of web-fetch.ts, or what stands for it. */
export type Ask = (address: string, options?: FetchOptions) => Promise<Buffer>

type Settings = Readonly<{
  now: () => Date
  fetch: Ask
  /** Milliseconds for which an address that was silent is left alone. */
  pause: number
}>

const MAX_KEPT = 2_000

/** Does not ask an address that let the time run out a moment ago: whoever comes next would wait for it as long. */
export function leavingAlone({ now, fetch, pause }: Settings): Ask {
  const silent = new Map<string, number>()
  return async (address, options) => {
    if ((silent.get(address) ?? 0) > now().getTime()) throw new Error('The address was silent a moment ago')
    if (silent.size >= MAX_KEPT) silent.clear()
    try {
      return await fetch(address, options)
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') silent.set(address, now().getTime() + pause)
      throw error
    }
  }
}
