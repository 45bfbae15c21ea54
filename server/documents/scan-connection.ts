import { connect, type NetConnectOpts } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

/** Milliseconds without a word from the scanner after which it counts as down: a person waits meanwhile. */
const PATIENCE = 20_000
/** What a scanner has to say is short; a longer answer is not read on. */
const LONGEST_ANSWER = 64 * 1024

export type Answer = Readonly<{ text: string; failure: string | undefined; away: boolean }>

/**
 * A connection to a scanner. It never throws: what is written to one that is gone is dropped, and `answer` then gives what had
 * come until then. A scanner may answer and hang up before it has the whole file.
 */
export function scanConnection(address: NetConnectOpts, patience = PATIENCE) {
  const socket = connect(address)
  let received = Buffer.alloc(0)
  let failure: string | undefined
  let connected = false
  let timedOut = false
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.once('connect', () => (connected = true))
  socket.setTimeout(patience, () => {
    timedOut = true
    socket.destroy(new Error('no answer in time'))
  })
  socket.on('error', (error) => (failure ??= error.message))
  socket.on('data', (piece: Buffer) => {
    if (received.length < LONGEST_ANSWER) received = Buffer.concat([received, piece])
  })

  return {
    async write(bytes: Uint8Array): Promise<void> {
      // What it said is read first: a write to one that has hung up would end the socket with the answer unread.
      await turn()
      if (received.length > 0 || socket.destroyed || !socket.writable || socket.write(bytes)) return
      await Promise.race([new Promise((resume) => socket.once('drain', resume)), gone])
    },
    /**
     * What came, once it is complete or the scanner has hung up; with the reason if it hung up by a failure. `away`: it was not reached,
     * or said nothing for too long. One that hangs up in the middle of a file may have something against that file only.
     */
    async answer(isComplete: (text: string) => boolean): Promise<Answer> {
      const text = () => received.toString('latin1')
      await new Promise<void>((resolve) => {
        const look = () => (isComplete(text()) ? resolve() : undefined)
        socket.on('data', look)
        void gone.then(resolve)
        look()
      })
      socket.destroy()
      return { text: text(), failure, away: text() === '' && (!connected || timedOut) }
    },
    close: () => void socket.destroy(),
  }
}
