import type { Connection } from 'mongoose'

type Profiled = { planSummary: string; hasSortStage?: boolean; docsExamined: number; nreturned: number }

/** What the server itself says of the finds on a collection, the register, that `work` sent: plan, sort in memory, documents read. */
export async function profiledFinds(
  connection: Connection,
  work: () => Promise<unknown>,
  collection = 'registerentries',
): Promise<Profiled[]> {
  const database = connection.db
  if (!database) throw new Error('The connection is not open')
  await database.command({ profile: 2 })
  try {
    await work()
  } finally {
    await database.command({ profile: 0 })
  }
  const query = { op: 'query', 'command.find': collection }
  const finds = await database.collection<Profiled>('system.profile').find(query).toArray()
  await database.collection('system.profile').drop()
  return finds
}
