import { mongo } from 'mongoose'
import { createRequire } from 'node:module'
import type { Socket } from 'node:net'

/** What we need of the driver's connection; not in its published types. */
type DriverConnection = {
  readonly id: unknown
  readonly socket: Socket
  onError: (error: Error) => void
  writeCommand: (...args: unknown[]) => Promise<void>
}

let repaired = false

/**
 * The driver (up to 7.9, `cmap/connection.ts`) waits for `drain` when a write is refused, also by a socket that ended a moment
 * ago and has not told its `close` yet: that one never drains, and whoever asked, a request or a worker, would wait for ever.
 * With this such a write fails like every other one on a lost connection, and is tried again where the driver does so.
 * Throws when the driver has been built anew: then look whether it still needs this.
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
    return writeCommand.apply(this, args)
  }
  repaired = true
}
