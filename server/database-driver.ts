import { mongo } from 'mongoose'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

/** What we need of the driver's connection; not in its published types. */
type DriverConnection = {
  readonly id: unknown
  readonly socket: Socket
  /** Why it is of no use any more, in the driver's words. */
  readonly error: Error | null
  onError: (error: Error) => void
  writeCommand: (...args: unknown[]) => Promise<void>
}

let repaired = false

/**
 * Works around two defects of the driver (up to 7.9, `cmap/connection.ts`), both where a socket takes a command only in part and
 * the driver waits for `drain`. If the socket has just ended and its `close` is still to come, it never drains, and the request or
 * worker that asked waits for ever. If it breaks meanwhile, its bare error is thrown, in which the driver itself knows no lost
 * connection. With this repair the write fails like any other on a lost connection, and the driver tries again where it would.
 * Throws when the driver's code is another: then check whether the repair is still needed.
 */
export function repairDriver(): void {
  if (repaired) return
  const fromMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'))
  const { Connection } = fromMongoose('mongodb/lib/cmap/connection.js') as {
    Connection: { prototype: DriverConnection }
  }
  const { writeCommand } = Connection.prototype
  if (typeof writeCommand !== 'function')
    throw new Error('The driver of MongoDB has no writeCommand: see database-driver.ts')
  Connection.prototype.writeCommand = async function (...args) {
    if (this.socket.destroyed) {
      const error = new mongo.MongoNetworkError(`connection ${String(this.id)} has ended`)
      this.onError(error)
      throw error
    }
    try {
      await writeCommand.apply(this, args)
    } catch (error) {
      throw this.error?.cause === error ? this.error : error
    }
  }
  repaired = true
}
