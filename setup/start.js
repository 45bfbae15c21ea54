import { run } from './prepare.js'

await run('./start.ts')
