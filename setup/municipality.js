import { run } from './prepare.js'

await run('./municipality.ts')
