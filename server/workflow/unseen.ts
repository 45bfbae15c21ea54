import { AppError } from '../errors.ts'
import type { Actor, OpenFiling } from '../filings/index.ts'
import type { EventType, HistoryEvent } from '../history/index.ts'
import type { Transition } from '../procedures/index.ts'
import { textIn, type FormBody } from '../shared/form-body.ts'
import { isBy } from './step.ts'
import { authorOn } from './workflow.ts'

/** What brings words or papers to weigh. */
const WEIGHED: ReadonlySet<EventType> = new Set<EventType>([
  'integration-requested',
  'integration-received',
  'refusal-announced',
  'observations-received',
])

/** Where the history of a filing ends, as a page carries it: the number of its last event. */
export const lastEventNumber = ({ events }: Pick<OpenFiling, 'events'>): number => events.at(-1)?.sequence ?? 0

/** The last event that a page showed, by its number, as its form or its link carries it (`visti`); null where it carries none. */
export function seenOn(fields: unknown): number | null {
  const typed = textIn(fields as FormBody | undefined, 'visti')
  return /^\d{1,9}$/.test(typed) ? Number(typed) : null
}

/**
 * Whether what others said has to be read before the step is taken: whoever decides with words, and all that a citizen does. What answers
 * one request of the office must not count as the answer to the next, nor may they give up without having read it.
 */
export const mustHaveSeen = ({ transition, actor }: Readonly<{ transition: Transition; actor: Actor }>): boolean =>
  transition.reasons !== undefined || actor.kind === 'citizen'

/**
 * What others said or sent after the event number `seen`, which was the last when the actor looked; nothing where no page tells it
 * (null). Who decides owes it to the citizen to weigh what they send (L. 241/1990 art. 10 c. 1 b); and they have to know what they answer.
 */
export function unseenIn(
  { filing, events, actor }: Pick<OpenFiling, 'filing' | 'events' | 'actor'>,
  seen: number | null,
): HistoryEvent[] {
  if (seen === null) return []
  const author = authorOn(filing, actor)
  return events.filter((event) => event.sequence > seen && WEIGHED.has(event.type) && !isBy(author, event))
}

/** Throws CONFLICT, which `isUnseen` knows, for who acts without having seen the latest. */
export function assertSeen(open: OpenFiling, seen: number | null): void {
  if (unseenIn(open, seen).length === 0) return
  throw new AppError('CONFLICT', 'Something came in after the page was opened', {
    explanation:
      'Dopo che hai aperto la pratica è arrivato qualcosa che non hai ancora visto: riaprila prima di andare avanti.',
    isUnseen: true,
  })
}

export const isUnseen = (error: AppError): boolean => error.details['isUnseen'] === true
