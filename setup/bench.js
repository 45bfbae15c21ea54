import { run } from './prepare.js'

await run('./bench.ts')
