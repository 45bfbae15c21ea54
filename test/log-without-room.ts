import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLog } from '../server/log.ts'

// A program that logs, and says elsewhere that it came to its end.
const log = createLog('info')
for (let line = 0; line < 1_000; line += 1) {
  log.info({ line }, 'request')
  await nextTurn()
}
process.stderr.write('served all')
process.exit(0)
