import Mocha from 'mocha'
import { writeFileSync } from 'node:fs'

/** Mocha's own report, closed by the one line that people and the integration server read, made of Mocha's own counts. */
export class CountReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    // Asked for before the run but after `Spec` did, so that it is heard after the summary.
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      const line = `${passes} passed, ${failures} failed${skipped}`
      // `npm test` says it last of all, when it also knows of types and style.
      const file = process.env['TEST_COUNTS']
      if (file) writeFileSync(file, line)
      if (!file) process.stdout.write(`${line}\n`)
    })
  }
}

// Mocha takes a reporter by its default export only.
export default CountReporter
