import mongoose from 'mongoose'
import { sealKeysIn } from '../../server/keys/key-folder.ts'
import { createAttempts } from '../../server/shared/attempts-store.ts'

/** A process of the installation that seals with a device, told by its parent when: it answers what came of each of two seals. */
const [keys = '', dbName = ''] = process.argv.slice(2)
const connection = await mongoose.createConnection(process.env['TEST_MONGODB_URI'] ?? '', { dbName }).asPromise()
const seals = sealKeysIn(keys, createAttempts({ connection, now: () => new Date() }))

const outcome = async (): Promise<string> => {
  try {
    await (await seals.of('valle')).sign(Buffer.from('testo'))
    return 'signed'
  } catch (error) {
    return (error as Error).message
  }
}

process.on('message', () => void Promise.all([outcome(), outcome()]).then((outcomes) => process.send?.(outcomes)))
process.on('disconnect', () => process.exit())
process.send?.('ready')
