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
 * Works around a defect of the driver (up to 7.9, `cmap/connection.ts`). When a socket refuses a write the driver waits for
 * `drain`, even if the socket has just ended and its `close` is still to come. Such a socket never drains, and the request or
 * worker that asked waits for ever. With this repair the write fails like any other on a lost connection, and the driver
 * tries again where it would. Throws when the driver's code is another: then check whether the repair is still needed.
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
