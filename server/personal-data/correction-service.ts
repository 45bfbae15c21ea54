import { AppError } from '../errors.ts'
import type { Login } from '../identity/index.ts'
import { romeDate } from '../shared/dates.ts'
import { createCorrectionAnswering, type AnsweringDeps } from './correction-answer-service.ts'
import { assertMayAsk, dueOf, type Asked, type Correction, type CorrectionId } from './correction.ts'

type Deps = AnsweringDeps & Readonly<{ newId: () => string }>

export type Corrections = ReturnType<typeof createCorrectionService>

/** Requests that data be corrected: asked by a person, answered by the data-protection officer within a month. */
export function createCorrectionService({ newId, ...deps }: Deps) {
  const { store, inTransaction, now } = deps

  /**
   * Keeps a request under a number; the same again, while it waits for its answer, is that one: the button was pressed twice. Throws
   * INVALID_INPUT when too many of this person’s wait.
   */
  async function ask(municipality: string, { person }: Login, asked: Asked): Promise<Correction> {
    const [id, at] = [newId() as CorrectionId, now()]
    const year = Number(romeDate(at).slice(0, 4))
    return inTransaction(async (transaction) => {
      const open = await store.openOf(municipality, person.key, transaction)
      const same = open.find((one) => isSame(one.asked, asked))
      if (same) return same
      assertMayAsk(open.length)
      // Two requests at once meet here: the second begins again, and finds the first.
      const number = await store.nextNumber(municipality, year, transaction)
      const correction = {
        id,
        municipality,
        year,
        number,
        at,
        person: addressOf(person),
        asked,
        due: dueOf(at),
        answer: null,
      }
      await store.add(correction, transaction)
      return correction
    })
  }

  /** A request of this person; anybody else’s does not exist for them. */
  async function open(municipality: string, id: string, { person }: Login): Promise<Correction> {
    const correction = await store.find(municipality, id)
    if (correction?.person.key === person.key) return correction
    throw new AppError('NOT_FOUND', 'No such correction of this person')
  }

  return {
    ask,
    open,
    ofPerson: (municipality: string, key: string) => store.ofPerson(municipality, key),
    ...createCorrectionAnswering(deps),
  }
}

const isSame = (one: Asked, other: Asked): boolean =>
  one.which === other.which && one.wrong === other.wrong && one.right === other.right

const addressOf = ({ key, cf, givenName, familyName, email }: Login['person']): Correction['person'] => ({
  key,
  cf,
  name: `${givenName} ${familyName}`,
  ...(email ? { email } : {}),
})
