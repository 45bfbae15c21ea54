import mongoose from 'mongoose'
import { startPlatform, type TestProvider } from './platform.ts'

/** A second process of the platform for the tests of what must happen once: prints its address, ends when it is killed. */
const settings = JSON.parse(process.argv[2] ?? '') as { database: string; providers: TestProvider[] }
const uri = process.env['TEST_MONGODB_URI'] ?? ''
const connection = await mongoose.createConnection(uri, { dbName: settings.database }).asPromise()
const platform = await startPlatform(connection, { providers: settings.providers })
process.on('SIGTERM', () => process.exit())
process.stdout.write(`${platform.origin}\n`)
