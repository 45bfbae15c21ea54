import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { networkOf } from '../shared/attempts.ts'
import type { FormBody } from '../shared/form-body.ts'
import { isSentFromHere, pageAsked, param, seeOther } from '../web/request.ts'
import { keyOfPress, readRating } from './rating.ts'
import type { Ratings } from './rating-service.ts'
import { givenPage, ratingsPage, wrongPage } from './rating-views.ts'

const PATH = '/valutazione'

type Deps = Readonly<{ ratings: Ratings; newId: () => string; now: () => Date }>

/** Where anybody says what they think of a page or a service. No login: it is the same for whoever has none. */
export function ratingRoutes({ ratings, newId, now }: Deps): Router {
  const router = Router()
  const salt = newId()

  router.post(PATH, async (req, res) => {
    // There is no session whose token could be asked for.
    if (!isSentFromHere(req))
      throw new AppError('NOT_ALLOWED', 'A rating that another site sent', {
        explanation: 'Una valutazione si può dare solo dalle pagine di questo sito.',
      })
    const body = (req.body ?? {}) as FormBody
    const network = networkOf(req.ip ?? '')
    const from = `${network} ${req.get('user-agent') ?? ''}`
    const read = readRating(body, () => keyOfPress({ body, from }, salt, now()))
    if (!read) throw new AppError('BAD_REQUEST', 'A rating of nothing')
    if ('errors' in read) {
      res.status(422).render('pages/ratings/given', wrongPage(read.typed, read.errors))
      return
    }
    await ratings.give(municipalityOf(res).id, read.rating, network)
    seeOther(res, `${PATH}/${read.rating.key}`)
  })

  router.get(`${PATH}/:key`, async (req, res) => {
    res.render('pages/ratings/given', givenPage(await ratings.given(municipalityOf(res).id, param(req, 'key'))))
  })
  return router
}

type Results = Readonly<{
  ratings: Ratings
  titlesOf: (municipality: string) => Promise<ReadonlyMap<string, string>>
  /** Frame of the desk for who keeps the platform; for anybody else it throws as a page that is not there. */
  frameOf: (req: Request, res: Response) => Promise<object>
}>

const PAGE_SIZE = 25

/** What people think, for who keeps the platform; mounted at `/ufficio/valutazioni`. */
export function ratingResultRoutes({ ratings, titlesOf, frameOf }: Results): Router {
  const router = Router()
  router.get('/', async (req, res) => {
    const frame = await frameOf(req, res)
    const { id } = municipalityOf(res)
    const [tallies, remarks, titles] = await Promise.all([
      ratings.tallies(id),
      pageAsked(req, PAGE_SIZE, (page) => ratings.remarks(id, { page, size: PAGE_SIZE })),
      titlesOf(id),
    ])
    const page = ratingsPage(
      tallies,
      { ...remarks, size: PAGE_SIZE },
      (procedure) => titles.get(procedure) ?? procedure,
    )
    res.render('pages/ratings/ratings', { ...frame, ...page })
  })
  return router
}
