import { startClamd } from '../support/scanners.ts'

/** A clamd in a process of its own, which closes in the middle of a file over its limit. Prints its address. */
const { address } = await startClamd({ limit: 100_000, abrupt: true })
process.stdout.write(address)
