import { fromBundle } from './compile.js'
import { run } from './prepare.js'

await run(() => fromBundle('start.js'))
