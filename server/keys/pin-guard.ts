import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Attempts } from '../shared/attempts.ts'
import { KeyFailure } from './key-failure.ts'
import type { SealKey } from './seal-key.ts'

/** Where it is written that a PIN was refused, and who is trying one: for all processes, and over a restart. */
export type Refusals = Pick<Attempts, 'take' | 'isClosed' | 'forget'>

/** Wraps a key whose PIN comes from a file, so that a refused PIN locks nothing. */
export type PinGuard = (key: SealKey, pin: PinFile) => SealKey
type PinFile = Readonly<{ folder: string; pinFile: string | undefined }>

/** A refused PIN stays refused while its file is as it was; after a month somebody has seen to the device. */
const ONCE = { most: 1, window: 30 * 86_400_000 }
/** Longer than any device or service is waited for. A process that claimed a try and died holds the others up no longer. */
const TURN = { most: 1, window: 90_000 }
/** Milliseconds until it is asked again whether another process has done with its try. */
const PAUSE = 200

/** What this process knows of a PIN, and the end of the tries under way. */
type Known = { pin: string; state: 'untried' | 'accepted' | 'refused'; turn: Promise<unknown> }

/**
 * A refused PIN is not tried again until its file says another: tasks that are retried, several workers and restarts would lock the
 * device for good. Until it was accepted once, signatures go one at a time, in all processes together.
 */
export function createPinGuard(refusals?: Refusals): PinGuard {
  const pins = new Map<string, Known>()

  function knownOf({ folder, pinFile }: PinFile): Known {
    const content = pinFile === undefined ? '' : readFileSync(pinFile)
    const pin = createHash('sha256').update(content).digest('hex')
    const before = pins.get(folder)
    if (before?.pin === pin) return before
    const own: Known = { pin, state: 'untried', turn: Promise.resolve() }
    pins.set(folder, own)
    return own
  }

  async function first(own: Known, written: string, sign: () => Promise<Buffer>): Promise<Buffer> {
    if (own.state === 'accepted') return told(own, written, sign)
    if (own.state === 'refused') throw again()
    return inTurn(written, async () => {
      if (await refusals?.isClosed(written, ONCE)) {
        own.state = 'refused'
        throw again()
      }
      return told(own, written, sign)
    })
  }

  /** One process at a time, as long as the PIN is not known to be right: what the one learns the next finds written. */
  async function inTurn(written: string, work: () => Promise<Buffer>): Promise<Buffer> {
    const turn = `try ${written}`
    while (refusals && !(await refusals.take(turn, TURN))) await setTimeout(PAUSE)
    try {
      return await work()
    } finally {
      await refusals?.forget(turn)
    }
  }

  async function told(own: Known, written: string, sign: () => Promise<Buffer>): Promise<Buffer> {
    try {
      const signature = await sign()
      own.state = 'accepted'
      return signature
    } catch (error) {
      if (error instanceof KeyFailure && error.problem === 'pin-wrong') {
        own.state = 'refused'
        await refusals?.take(written, ONCE)
      }
      throw error
    }
  }

  return (key, file) => {
    const own = knownOf(file)
    if (own.state === 'refused') throw again()
    const written = nameOf(file)
    return {
      ...key,
      sign(data) {
        if (own.state === 'accepted') return told(own, written, () => key.sign(data))
        const turn = own.turn.then(() => first(own, written, () => key.sign(data)))
        own.turn = turn.catch(() => undefined)
        return turn
      },
    }
  }
}

/**
 * Not even a fingerprint of the PIN is written: its few digits could be found by trying. The age of its file stands for it.
 */
const nameOf = ({ folder, pinFile }: PinFile): string =>
  `pin ${folder} ${pinFile === undefined ? '' : statSync(pinFile).mtimeMs}`

const again = (): KeyFailure => new KeyFailure('pin-wrong', 'Refused before, not tried again')
