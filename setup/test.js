import { EVERYTHING, fromBuild } from './compile.js'
import { run } from './prepare.js'

await run(() => fromBuild('test.js', EVERYTHING))
