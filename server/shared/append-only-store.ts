import type { Schema } from 'mongoose'

const WRITES_OVER = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'findOneAndUpdate',
  'findOneAndReplace',
  'findOneAndDelete',
] as const

/**
 * Makes every model of the schema refuse to change or delete what it holds (DPR 445/2000 art. 53 c. 3, 54): whoever
 * adds such a call by mistake learns it from the first test that runs it. Insertion stays possible.
 */
export function appendOnly(schema: Schema): void {
  const refuse = (): never => {
    throw new Error('This collection is append-only: register a new entry instead of changing one')
  }
  for (const operation of WRITES_OVER) {
    schema.pre(operation, { query: true, document: true }, refuse)
  }
  schema.pre('bulkWrite', refuse)
  schema.pre('save', function () {
    if (!this.isNew) refuse()
  })
}
