import { fromBuild } from './compile.js'
import { run } from './prepare.js'

await run(() => fromBuild('municipality.js'))
