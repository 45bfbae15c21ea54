import { randomBytes } from 'node:crypto'
import mongoose, { type Connection } from 'mongoose'

/**
 * A connection to a fresh, empty database on the run's one real server (`TEST_MONGODB_URI`, set by `npm test`).
 * Dropped and closed after the describe block in which it is called.
 */
export function testDatabase(): { readonly connection: Connection } {
  const holder: { connection?: Connection } = {}
  before(async () => {
    const uri = process.env['TEST_MONGODB_URI']
    if (!uri)
      throw new Error('TEST_MONGODB_URI is not set: run the tests with `npm test`, or point it at a replica set')
    holder.connection = await mongoose
      .createConnection(uri, { dbName: `test-${randomBytes(6).toString('hex')}`, autoIndex: true })
      .asPromise()
  })
  after(async () => {
    await holder.connection?.dropDatabase()
    await holder.connection?.close()
  })
  return {
    get connection() {
      if (!holder.connection) throw new Error('The test database is there only inside hooks and tests')
      return holder.connection
    },
  }
}
