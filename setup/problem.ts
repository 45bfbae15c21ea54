/** Something that the person at the keyboard can mend. The message is the Italian sentence they read: what is wrong and what to do. */
export class SetupProblem extends Error {
  override readonly name = 'SetupProblem'
}
