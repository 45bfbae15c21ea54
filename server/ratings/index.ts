import type { Connection } from 'mongoose'
import { createAttempts } from '../shared/attempts-store.ts'
import { createRatingService, type Ratings } from './rating-service.ts'
import { createRatingStore } from './rating-store.ts'

export { ratingResultRoutes, ratingRoutes } from './rating-routes.ts'
export { keyOfUse, PAGES } from './rating.ts'
export { ratingForm } from './rating-views.ts'

type Deps = Readonly<{
  connection: Connection
  findProcedure: (municipality: string, id: string) => Promise<unknown>
  now: () => Date
}>

export const createRatings = ({ connection, findProcedure, now }: Deps): Ratings =>
  createRatingService({
    store: createRatingStore(connection),
    attempts: createAttempts({ connection, now }),
    findProcedure,
    now,
  })
