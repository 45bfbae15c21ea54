import { AppError } from '../errors.ts'
import type { Actor, Submitted, OpenFiling } from '../filings/index.ts'
import type { PersonalKey } from '../keys/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { createSignatureRequestService, type SignatureRequestDeps } from './signature-request-service.ts'
import type { PersonSigner } from '../signing/index.ts'
import { isBy, type Step } from './step.ts'
import type { StepPaperService } from './step-paper-service.ts'
import type { StepTakingService } from './step-taking-service.ts'
import { isSigned, nameOfProposal, transitionToSign, type LetterName } from './to-sign.ts'
import { authorOn } from './workflow.ts'

/** Puts the visible signature of a person on documents of ours, by their key and what they typed. */
export type SignerOf = (person: PersonalKey) => PersonSigner

type Deps = SignatureRequestDeps & {
  signerOf: SignerOf
  /** Hears of failures that nobody foresaw. */
  report: (error: unknown) => void
}

type Parts = Pick<StepPaperService, 'composeLetter'> &
  StepTakingService & { open: (municipality: string, id: string, actor: Actor) => Promise<OpenFiling> }

/** A document to sign as its signer saw it: the filing, and when the signature was asked for. */
export type ChosenLetter = Readonly<{ id: string; asked: string }>
/** Who acts, with the roles that they have whenever it is asked. */
export type ActorNow = () => Promise<Actor>
/** Who signs, and what they typed for it. */
type Signer = Readonly<{ actorNow: ActorNow; pin: string; code: string }>
type Signing = Readonly<{ actorNow: ActorNow; by: PersonSigner }>
type Refused = Readonly<{ actor: Actor; reasons: string }>
export type SignatureOutcome = Readonly<{
  id: string
  /** Of what had ceased to wait: what waits is named by its list. */
  letter: LetterName | null
  outcome: 'signed' | 'failed' | 'not-tried'
  explanation: string | null
  /** The control of what the key refused, which then concerns all that is to be signed; null where it refused nothing. */
  field: 'pin' | 'codice' | 'documenti' | null
}>

export type LetterSignatures = ReturnType<typeof createSignatureService>

/** Letters that wait for the signature of who must sign them. */
export function createSignatureService(deps: Deps, { open, composeLetter, take }: Parts) {
  const { report, signerOf } = deps
  const requests = createSignatureRequestService(deps)

  async function stepToSign(municipality: Municipality, { id, asked }: ChosenLetter, actor: Actor): Promise<Step> {
    const opened = await open(municipality.id, id, actor)
    const transition = transitionToSign(opened, actor, asked)
    const { reasons = '', days = null } = opened.filing.toSign ?? {}
    return { municipality, open: opened, transition, actor, content: { reasons, days, files: [] } }
  }

  /** The letter as it would be signed now, to be read before. */
  async function preview(municipality: Municipality, chosen: ChosenLetter, actor: Actor): Promise<Uint8Array> {
    return composeLetter(await stepToSign(municipality, chosen, actor))
  }

  /** Signs one. Whatever dies on the way, the letter waits as before. */
  async function sign(municipality: Municipality, chosen: ChosenLetter, { actorNow, by }: Signing): Promise<Submitted> {
    const step = await stepToSign(municipality, chosen, await actorNow())
    return take(step, { stillMay: async () => transitionToSign(step.open, await actorNow(), chosen.asked), sign: by })
  }

  /**
   * Signs several by one PIN, and one code where the key asks for one, one after the other: each has its own outcome. What was refused is
   * not tried on the rest. What they have signed already is signed.
   */
  async function signAll(
    municipality: Municipality,
    chosen: readonly ChosenLetter[],
    { actorNow, ...typed }: Signer,
  ): Promise<SignatureOutcome[]> {
    const actor = await actorNow()
    if (actor.kind !== 'officer') throw new Error('Only officers sign letters of ours')
    const person = { municipality: municipality.id, person: actor.cf, signatures: chosen.length, ...typed }
    const signing = { actorNow, by: signerOf(person) }
    const outcomes: SignatureOutcome[] = []
    let isRefused = false
    for (const one of chosen) {
      const tried: Tried = isRefused ? NOT_TRIED : await attempt(municipality, one, signing)
      isRefused ||= tried.field !== null
      outcomes.push({ ...tried, id: one.id })
    }
    return outcomes
  }

  /** Pressed twice, or an answer that was lost: what they have signed is signed. */
  async function attempt(municipality: Municipality, chosen: ChosenLetter, signing: Signing): Promise<Tried> {
    try {
      await sign(municipality, chosen, signing)
      return SIGNED
    } catch (error) {
      if (!(error instanceof AppError)) report(error)
      if (!isConflict(error)) return failed(error)
      const opened = await open(municipality.id, chosen.id, await signing.actorNow())
      const letter = nameOfProposal(opened, chosen.asked)
      return { ...(isSigned(opened, chosen.asked) ? SIGNED : failed(error)), letter }
    }
  }

  /** Gives one back to the office unsigned. Sent twice (two presses, an answer that was lost), it is so already. */
  async function sendBack(
    municipality: Municipality,
    chosen: ChosenLetter,
    { actor, reasons }: Refused,
  ): Promise<void> {
    try {
      await requests.giveBack(await stepToSign(municipality, chosen, actor), reasons)
    } catch (error) {
      if (!isConflict(error) || !isSentBack(await open(municipality.id, chosen.id, actor), reasons)) throw error
    }
  }

  const { ask, waiting, waitingCount } = requests
  return { ask, waiting, waitingCount, stepToSign, preview, signAll, sendBack }
}

/** Failures of the key itself: they concern all that is to be signed, not one document. Each with the control that is to be put right. */
const REFUSED: ReadonlyMap<unknown, SignatureOutcome['field']> = new Map([
  ['pin-wrong', 'pin'],
  ['pin-locked', 'pin'],
  ['pin-missing', 'pin'],
  ['code-wrong', 'codice'],
  ['code-missing', 'codice'],
  ['code-spent', 'codice'],
  ['too-many', 'documenti'],
])

const isConflict = (error: unknown): boolean => error instanceof AppError && error.code === 'CONFLICT'

/** Whether the last thing that happened is that this officer gave it back, with the same words. */
function isSentBack({ filing, events, actor }: OpenFiling, reasons: string): boolean {
  const last = events.at(-1)
  return last?.type === 'signature-refused' && last.note === reasons && isBy(authorOn(filing, actor), last)
}

const NOT_THEIRS = 'Non hai più il ruolo per firmare questo documento: resta in attesa di chi può firmarlo.'
const UNFORESEEN = 'Si è verificato un problema: il documento resta tra quelli da firmare, riprova più tardi.'

function failed(error: unknown): Tried {
  const known = error instanceof AppError ? error : undefined
  const explanation = known?.code === 'NOT_FOUND' ? NOT_THEIRS : (known?.explanation ?? UNFORESEEN)
  return { letter: null, outcome: 'failed', explanation, field: REFUSED.get(known?.details['key']) ?? null }
}

type Tried = Omit<SignatureOutcome, 'id'>

const SIGNED: Tried = { letter: null, outcome: 'signed', explanation: null, field: null }

const NOT_TRIED: Tried = {
  letter: null,
  outcome: 'not-tried',
  explanation: 'Non provato, perché la firma non è stata autorizzata.',
  field: null,
}
