/** Why a key gave no signature. What went wrong on the way to it is `unavailable`: later it may be there again. */
export type KeyProblem =
  | 'pin-wrong'
  | 'pin-locked'
  | 'pin-missing'
  | 'code-missing'
  | 'code-wrong'
  | 'code-spent'
  | 'too-many'
  | 'otp-wanted'
  | 'device-missing'
  | 'key-missing'
  | 'key-mismatch'
  | 'unavailable'

/** A key that does not sign. The message is for the log and holds no secret. */
export class KeyFailure extends Error {
  override readonly name = 'KeyFailure'
  readonly problem: KeyProblem

  constructor(problem: KeyProblem, detail: string, cause?: unknown) {
    super(`${problem}: ${detail}`, { cause })
    this.problem = problem
  }
}
