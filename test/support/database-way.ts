import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Connection } from 'mongoose'
import { connectDatabase } from '../../server/database.ts'

type Way = {
  /** Nothing passes, and nothing is refused: as a server does that is stopped or cut off. */
  hangs: boolean
  /** From the command on that names this, the way is cut and nobody gets through: as a server that is killed. */
  endsAt?: string
  /** Commands that name this are carried out and their connection breaks before the answer: as at the moment in which a server dies. */
  losesAnswersTo?: string
}

const IMPATIENT = { heartbeatFrequencyMS: 500, connectTimeoutMS: 400, serverSelectionTimeoutMS: 200 }

/** Connected by a driver that soon notices that the database is away; on a busy machine it may have to begin more than once. */
export async function connectImpatiently(uri: string, tries = 20): Promise<Connection> {
  try {
    return await connectDatabase(uri, IMPATIENT)
  } catch (error) {
    if (tries === 1) throw error
    return connectImpatiently(uri, tries - 1)
  }
}

/** The way to the run's database of this name. */
export function wayToDatabase(name: string) {
  const uri = new URL(process.env['TEST_MONGODB_URI'] ?? '')
  uri.pathname = `/${name}`
  return databaseWay(uri.href)
}

/** A way to a database of the run's server (`TEST_MONGODB_URI`) that can be made to hang or end. */
export async function databaseWay(server = process.env['TEST_MONGODB_URI']) {
  const uri = new URL(server ?? '')
  const { port, hostname } = uri
  const sockets = new Set<Socket>()
  const way: Way = { hangs: false }
  let isCut = false
  const cut = (): void => {
    isCut = true
    sockets.forEach((socket) => socket.destroy())
  }
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (bytes) => {
      if (way.endsAt !== undefined && bytes.includes(way.endsAt)) cut()
      else if (!way.hangs) to.write(bytes)
    })
    from.on('error', () => undefined).on('close', () => to.destroy())
  }
  const front = createServer((visitor) => {
    if (isCut) {
      visitor.destroy()
      return
    }
    const database = connect(Number(port), hostname)
    visitor.on('data', (bytes) => {
      if (way.losesAnswersTo !== undefined && bytes.includes(way.losesAnswersTo))
        database.prependOnceListener('data', () => visitor.destroy())
    })
    pass(visitor, database)
    pass(database, visitor)
  }).listen(0, '127.0.0.1')
  await once(front, 'listening')
  uri.port = String((front.address() as AddressInfo).port)
  // Or the driver would go to the members by their own names.
  uri.searchParams.delete('replicaSet')
  uri.searchParams.set('directConnection', 'true')
  const close = () => {
    front.close()
    cut()
  }
  return { way, uri: uri.href, close }
}
