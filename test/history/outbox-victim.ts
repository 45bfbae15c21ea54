import mongoose from 'mongoose'
import { createOutbox } from '../../server/history/index.ts'
import { newId } from '../../server/shared/ids.ts'

/** A worker that takes a task and never ends it: to be killed. Arguments: address and name of the database. */
const [, , uri = '', dbName = ''] = process.argv
const connection = await mongoose.createConnection(uri, { dbName }).asPromise()
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const outbox = createOutbox({ connection, newId, now: () => new Date(), log, pace: { lease: 600 } })
outbox.run({
  receipt: () => {
    process.stdout.write('taken')
    return new Promise(() => undefined)
  },
})
