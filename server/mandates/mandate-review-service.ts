import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../errors.ts'
import type { Author } from '../shared/party.ts'
import { reasonError } from '../shared/form-body.ts'
import type { MandateRecording } from './mandate-record-service.ts'
import { assertReviewable, type Mandate, type MandateEvent, type MandateStore } from './mandate.ts'

/** An officer who reviews, by the account key that must not be a party's. */
export type Reviewer = Readonly<{ key: string; author: Author }>

type Decision = Readonly<{ reviewer: Reviewer; type: 'approved' | 'refused'; reason: string }>

type Deps = { store: MandateStore; recording: MandateRecording; now: () => Date }

/** Officers look at the powers of attorney that were shown on paper. */
export function createMandateReview({ store, recording, now }: Deps) {
  /** Papers that wait for this reviewer, oldest first: not those in which they are named. */
  async function waiting(municipality: string, { key }: Pick<Reviewer, 'key'>): Promise<Mandate[]> {
    const all = await store.waiting(municipality)
    return all.filter(({ principalKey, proxyKey }) => ![principalKey, proxyKey].includes(key))
  }

  /** How many they are; beyond `most` none is counted. */
  const waitingCount = (municipality: string, { key }: Pick<Reviewer, 'key'>, most: number): Promise<number> =>
    store.waitingCount(municipality, key, most)

  async function toReview(municipality: string, id: string, { key }: Pick<Reviewer, 'key'>): Promise<Mandate> {
    const mandate = await store.find(municipality, id)
    if (!mandate) throw new AppError('NOT_FOUND', 'No such mandate')
    assertReviewable(mandate, key)
    return mandate
  }

  /**
   * Approves or refuses. Throws INVALID_INPUT when a refusal has no reasons (L. 241/1990 art. 3). Sent twice (two presses, an answer that
   * was lost), it is so already.
   */
  async function review(municipality: string, id: string, decision: Decision): Promise<void> {
    try {
      await reviewOnce(municipality, id, decision)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error
      const mandate = await store.find(municipality, id)
      if (!mandate?.events.some((event) => isDecision(event, decision))) throw error
    }
  }

  async function reviewOnce(municipality: string, id: string, { reviewer, type, reason }: Decision): Promise<void> {
    const mandate = await toReview(municipality, id, reviewer)
    const missing = 'Scrivi perché la procura non va bene: chi l’ha mostrata deve poterla correggere.'
    const explanation = type === 'refused' || reason !== '' ? reasonError(reason, missing) : undefined
    if (explanation) throw new AppError('INVALID_INPUT', 'Reasons are missing or too long', { explanation })
    await recording.recordNow(mandate, { type, at: now(), by: reviewer.author, ...(reason ? { reason } : {}) })
  }

  return { waiting, waitingCount, toReview, review }
}

const isDecision = (event: MandateEvent, { reviewer: { author }, type, reason }: Decision): boolean =>
  event.type === type && isDeepStrictEqual(event.by, author) && (event.reason ?? '') === reason
