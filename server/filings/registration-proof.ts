import type { RegisteredAt } from '../documents/index.ts'
import type { EventType, History, HistoryEvent } from '../history/index.ts'

/** What brings files into the register. */
const ARRIVALS: ReadonlySet<EventType> = new Set([
  'submitted',
  'integration-received',
  'observations-received',
  'withdrawn',
])

/**
 * When the register took a document that was uploaded at `uploadedAt`: with the filing, or with a later answer. From then on it
 * proves that the file was here (DPCM 22/02/2013 art. 41 c. 4); a draft's file is proved by nothing.
 */
export function registrationOf(
  events: readonly Pick<HistoryEvent, 'type' | 'at'>[],
  uploadedAt: Date,
): Date | undefined {
  const times = events.filter(({ type, at }) => ARRIVALS.has(type) && at >= uploadedAt).map(({ at }) => at.getTime())
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

/** For documents: when the register took one, read from the history of its filing. */
export const createRegisteredAt =
  ({ history }: { history: Pick<History, 'of'> }): RegisteredAt =>
  async ({ municipality, filing, createdAt }) =>
    registrationOf(await history.of(municipality, filing), createdAt)
