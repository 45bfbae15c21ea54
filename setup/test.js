import { fromSource, run } from './prepare.js'

await run(() => fromSource('./test.ts'))
