import { AppError } from '../errors.ts'
import { may, type Actor, type OpenFiling, type Submitted, type ToSign } from '../filings/index.ts'
import type { NewEvent } from '../history/index.ts'
import type { Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { isBy, type Step } from './step.ts'
import { authorOn, rolesOn, transitionFor } from './workflow.ts'

/** The step that this officer decided, as it goes to whoever must sign its letter. */
export function proposalOf({ open, transition, actor, content }: Step, at: Date): ToSign {
  const { id: step, signedBy } = transition
  if (!signedBy) throw new Error('The step needs no signature')
  return { step, role: signedBy, by: authorOn(open.filing, actor), at, reasons: content.reasons, days: content.days }
}

/** Whether it is for this actor to sign what waits: who must abstain from the filing signs nothing of it. */
export function maySign(filing: Submitted, actor: Actor): boolean {
  const { toSign } = filing
  if (!toSign || actor.kind !== 'officer') return false
  return may(filing, 'decide', actor) && rolesOn(filing, actor).includes(toSign.role)
}

/**
 * The step that waits, if this actor may sign it and it may still be taken today; throws the failure that fits. `asked` is when it
 * was proposed: a signature is for what its signer saw, not for what somebody proposed later.
 */
export function transitionToSign(open: OpenFiling, actor: Actor, asked: string): Transition {
  const { filing, procedure } = open
  const { toSign } = filing
  if (toSign?.at.toISOString() !== asked) throw signedAlready(filing)
  const workflow = procedure.workflow
    .filter(({ id, signedBy }) => id === toSign.step && signedBy === toSign.role)
    .map((transition) => ({ ...transition, by: [toSign.role] }))
  return transitionFor(
    { ...open, filing: { ...filing, toSign: null }, procedure: { ...procedure, workflow } },
    toSign.step,
    actor,
  )
}

const signedAlready = ({ id }: Submitted): AppError =>
  new AppError('CONFLICT', `Filing ${id} has nothing to sign, or something else`, {
    explanation: 'Questo documento non aspetta più una firma: è già stato firmato, restituito o sostituito.',
    back: '/ufficio/firme',
  })

const proposedAt = (events: OpenFiling['events'], asked: string): number =>
  events.findIndex((event) => event.type === 'signature-asked' && event.at.toISOString() === asked)

/** What people call a letter: its step, and the number of its filing. */
export type LetterName = Readonly<{ label: string; protocol: string }>

/** The name of what was proposed then, whatever became of it; null when nothing was. */
export function nameOfProposal({ filing, procedure, events }: OpenFiling, asked: string): LetterName | null {
  const step = events[proposedAt(events, asked)]?.data['step']
  const transition = procedure.workflow.find(({ id }) => id === step)
  return transition ? { label: transition.label, protocol: formatProtocol(filing.protocol) } : null
}

/** Whether this actor has signed what was proposed then. */
export function isSigned({ filing, events, actor }: OpenFiling, asked: string): boolean {
  const at = proposedAt(events, asked)
  const { step } = events[at]?.data ?? {}
  const next = events.slice(at + 1).find(({ data }) => step !== undefined && data['step'] === step)
  return next !== undefined && !ASIDE.has(next.type) && isBy(authorOn(filing, actor), next)
}

/** What happens to a letter other than its signature: it goes back, and comes again. */
const ASIDE: ReadonlySet<string> = new Set(['signature-refused', 'signature-asked'])

/** The office's own news of a signature: asked, or refused with a note. */
export function signatureEvent(
  { filing }: OpenFiling,
  { type, actor, data, note, at }: Pick<NewEvent, 'type' | 'data' | 'at'> & { actor: Actor; note: string },
): NewEvent {
  const { municipality, id } = filing
  return { municipality, filing: id, type, at, by: authorOn(filing, actor), data, ...(note && { note }) }
}
