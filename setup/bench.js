import { EVERYTHING, fromBuild } from './compile.js'
import { run } from './prepare.js'

await run(() => fromBuild('bench.js', EVERYTHING))
