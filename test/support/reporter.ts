import Mocha from 'mocha'

/** Mocha's own report, closed by the one line that people and the integration server read, made of Mocha's own counts. */
export class CountReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    // Asked for before the run but after `Spec` did, so that it is heard after the summary.
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats
      const skipped = pending > 0 ? `, ${pending} skipped` : ''
      process.stdout.write(`${passes} passed, ${failures} failed${skipped}\n`)
    })
  }
}

// Mocha takes a reporter by its default export only.
export default CountReporter
