import type { Connection } from 'mongoose'

/** Waits until the collections and indexes of every model on the connection are there: transactions need them first. */
export async function modelsReady(connection: Connection): Promise<void> {
  await Promise.all(Object.values(connection.models).map((model) => model.init()))
}
