import type { Request, RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import { networkOf, type AttemptLimit, type Attempts } from '../shared/attempts.ts'

/**
 * Beginnings and messages of logins of one network without a login that succeeds, because each is kept, a message for 24 months, and nobody
 * answers for it. Enough for AgID's validators; whoever logs in has their network counted anew, so no town hall behind one address has to
 * wait.
 */
const LIMIT: AttemptLimit = { most: 2_000, window: 10 * 60_000 }
/** Before that nothing need be forgotten. */
const HALF = { most: LIMIT.most / 2 }

export type LoginLimit = ReturnType<typeof createLoginLimit>

/** Counts what one network sends without logging in, whichever the login. The handlers throw TOO_MANY_REQUESTS. */
export function createLoginLimit(attempts: Attempts) {
  const counter = (req: Request) => `login ${networkOfVisitor(req)}`
  /** In front of what begins a login. */
  const begins: RequestHandler = async (req, _res, next) => {
    assertOpenPage(req)
    if (!(await attempts.take(counter(req), LIMIT))) throw tooMany()
    next()
  }
  /**
   * In front of what takes an answer. Of the answers only those that fail are counted: a hundred people who come back at once only look at the
   * counter, once each.
   */
  const answers: RequestHandler = async (req, res, next) => {
    assertOpenPage(req)
    const isHalf = await attempts.isClosed(counter(req), HALF)
    if (isHalf && (await attempts.isClosed(counter(req), LIMIT))) throw tooMany()
    res.locals['manyMessages'] = isHalf
    next()
  }
  return {
    begins,
    answers,
    async succeeded(req: Request): Promise<void> {
      if (req.res?.locals['manyMessages'] === true) await attempts.forget(counter(req))
    },
    async failed(req: Request): Promise<void> {
      await attempts.take(counter(req), LIMIT)
    },
  }
}

/**
 * Who logs in sees it: the page goes to the provider, and comes back. What a page of another site asks for behind a visitor's back, as
 * pictures or frames (Fetch Metadata, `Sec-Fetch-Dest`), is not counted: one visitor in a town hall would close the login for all of it.
 */
function assertOpenPage(req: Request): void {
  const destination = req.get('sec-fetch-dest')
  if (destination !== undefined && destination !== 'document')
    throw new AppError('NOT_ALLOWED', 'A login that no page in sight began', {
      explanation: 'L’accesso si può iniziare solo da una pagina aperta nel browser. Riparti dalla pagina di accesso.',
    })
}

const tooMany = (): AppError =>
  new AppError('TOO_MANY_REQUESTS', 'Too many messages of logins from one network', {
    explanation: 'Dalla tua rete sono arrivate troppe richieste di accesso. Aspetta qualche minuto e riprova.',
    retryAfter: LIMIT.window / 1000,
  })

export const networkOfVisitor = (req: Request): string => networkOf(req.ip ?? '')
