import { run } from './prepare.js'

await run('./test.ts')
