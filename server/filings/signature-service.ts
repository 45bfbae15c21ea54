import { AppError } from '../errors.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Actor } from './access.ts'
import type { Submitted } from './filing.ts'
import { createSignatureRequestService, type SignatureRequestDeps } from './signature-request-service.ts'
import type { OpenFiling, Step } from './step.ts'
import type { StepLetterService } from './step-letter-service.ts'
import type { StepRecordService } from './step-record-service.ts'
import { transitionToSign } from './to-sign.ts'

type Deps = SignatureRequestDeps & {
  /** Hears of failures that nobody foresaw. */
  report: (error: unknown) => void
}

type Parts = StepLetterService &
  StepRecordService & { open: (municipality: string, id: string, actor: Actor) => Promise<OpenFiling> }

/** A document to sign as its signer saw it: the filing, and when the signature was asked for. */
export type Chosen = Readonly<{ id: string; asked: string }>
export type Signer = Readonly<{ actor: Actor; pin: string }>
type Refused = Readonly<{ actor: Actor; reasons: string }>
export type SignatureOutcome = Readonly<{
  id: string
  outcome: 'signed' | 'failed' | 'not-tried'
  explanation: string | null
}>

export type SignatureService = ReturnType<typeof createSignatureService>

/** Letters that wait for the signature of who must sign them. */
export function createSignatureService(deps: Deps, { open, prepareLetter, composeLetter, write }: Parts) {
  const { inTransaction, report } = deps
  const requests = createSignatureRequestService(deps)

  async function stepToSign(municipality: Municipality, { id, asked }: Chosen, actor: Actor): Promise<Step> {
    const opened = await open(municipality.id, id, actor)
    const transition = transitionToSign(opened, actor, asked)
    const { reasons = '', days = null } = opened.filing.toSign ?? {}
    return { municipality, open: opened, transition, actor, content: { reasons, days, files: [] } }
  }

  /** The letter as it would be signed now, to be read before. */
  async function preview(municipality: Municipality, chosen: Chosen, actor: Actor): Promise<Uint8Array> {
    return composeLetter(await stepToSign(municipality, chosen, actor))
  }

  /**
   * Signs one: composed, signed and sealed first, then number, entry, state, event and outbox in one transaction. Whatever dies on
   * the way, the letter waits as before; signed twice, the second is told.
   */
  async function sign(municipality: Municipality, chosen: Chosen, { actor, pin }: Signer): Promise<Submitted> {
    const step = await stepToSign(municipality, chosen, actor)
    const letter = await prepareLetter(step, pin)
    return inTransaction((transaction) => write(step, letter, transaction))
  }

  /** Signs several by one PIN, one after the other: each has its own outcome. A refused PIN is not tried on the rest. */
  async function signAll(
    municipality: Municipality,
    chosen: readonly Chosen[],
    signer: Signer,
  ): Promise<SignatureOutcome[]> {
    const outcomes: SignatureOutcome[] = []
    let refusedPin = false
    for (const one of chosen) {
      const tried: Tried = refusedPin ? NOT_TRIED : await attempt(municipality, one, signer)
      refusedPin = tried.refusedPin
      outcomes.push({ id: one.id, outcome: tried.outcome, explanation: tried.explanation })
    }
    return outcomes
  }

  async function attempt(municipality: Municipality, chosen: Chosen, signer: Signer): Promise<Tried> {
    try {
      await sign(municipality, chosen, signer)
      return { outcome: 'signed', explanation: null, refusedPin: false }
    } catch (error) {
      if (!(error instanceof AppError)) report(error)
      const known = error instanceof AppError ? error : undefined
      const refusedPin = typeof known?.details['key'] === 'string' && known.details['key'].startsWith('pin-')
      return { outcome: 'failed', explanation: known?.explanation ?? UNFORESEEN, refusedPin }
    }
  }

  const sendBack = async (municipality: Municipality, chosen: Chosen, { actor, reasons }: Refused): Promise<void> =>
    requests.giveBack(await stepToSign(municipality, chosen, actor), reasons)

  return { ask: requests.ask, waiting: requests.waiting, stepToSign, preview, signAll, sendBack }
}

const UNFORESEEN = 'Si è verificato un problema: il documento resta tra quelli da firmare, riprova più tardi.'

type Tried = Omit<SignatureOutcome, 'id'> & Readonly<{ refusedPin: boolean }>

const NOT_TRIED: Tried = {
  outcome: 'not-tried',
  explanation: 'Non provato, perché il PIN non è stato accettato.',
  refusedPin: true,
}
