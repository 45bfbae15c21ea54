import type { AnyObject, Collection, Model } from 'mongoose'
import { sessionOf } from './transaction-store.ts'
import type { Transaction } from './transaction.ts'

/** The collection of a model, past mongoose: for what is read or written so often that making models of rows would weigh. */
export const rowsOf = <Row extends AnyObject>({ db, collection }: Model<Row>): Collection<Row> =>
  db.collection<Row>(collection.name)

/**
 * Inserts a row of a transaction as it is: past mongoose, which would make a model of it, for longer than the write itself takes
 * while others wait for the turn. The types are the compiler's to check, unknown fields are an error as with `strict: 'throw'`.
 */
export async function insertRow<Row extends object>(model: Model<Row>, row: Row, tx: Transaction): Promise<void> {
  assertKnown(model, row)
  await model.collection.insertOne(row, { session: sessionOf(tx), ignoreUndefined: true })
}

/** What `strict: 'throw'` says of writes that go past mongoose. */
export function assertKnown<Row extends object>({ schema, modelName }: Model<Row>, row: object): void {
  const unknown = Object.keys(row).find((name) => !Object.hasOwn(schema.paths, name))
  if (unknown !== undefined) throw new Error(`A ${modelName} has no field ${unknown}`)
}
