import { AppError } from '../errors.ts'
import type { AttemptLimit, Attempts } from '../shared/attempts.ts'
import type { GivenRating, Rating } from './rating.ts'
import type { RatingStore } from './rating-store.ts'

type Deps = Readonly<{
  store: RatingStore
  attempts: Attempts
  /** Rejects with NOT_FOUND. */
  findProcedure: (municipality: string, id: string) => Promise<unknown>
  now: () => Date
}>

/** So many in an hour from one network, where a whole school may sit: more are a program's, and would be an opinion of nobody. */
const LIMIT: AttemptLimit = { most: 300, window: 3_600_000 }

export type Ratings = ReturnType<typeof createRatingService>

/** What people think of pages and services; who they are is not asked and not kept. */
export function createRatingService({ store, attempts, findProcedure, now }: Deps) {
  /**
   * Keeps an answer, or changes the one with this key. Throws NOT_FOUND for a procedure that there is not, TOO_MANY_REQUESTS, or
   * BAD_REQUEST for a key that is of another answer.
   */
  async function give(municipality: string, rating: GivenRating, network: string): Promise<void> {
    if (!(await attempts.take(`rating ${network}`, LIMIT))) throw tooMany()
    if (rating.subject.kind !== 'page') await findProcedure(municipality, rating.subject.id)
    if (!(await store.put(municipality, rating, now()))) throw new AppError('BAD_REQUEST', 'The key of another rating')
  }

  /** Throws NOT_FOUND. */
  async function given(municipality: string, key: string): Promise<Rating> {
    const rating = await store.find(municipality, key)
    if (!rating) throw new AppError('NOT_FOUND', 'No such rating')
    return rating
  }

  return {
    give,
    given,
    tallies: (municipality: string) => store.tallies(municipality),
    remarks: (municipality: string, shown: Readonly<{ page: number; size: number }>) =>
      store.remarks(municipality, shown),
  }
}

const tooMany = (): AppError =>
  new AppError('TOO_MANY_REQUESTS', 'Too many ratings from one network', {
    explanation: 'Dalla tua rete sono arrivate troppe valutazioni. Aspetta un’ora e riprova.',
    retryAfter: LIMIT.window / 1000,
  })
