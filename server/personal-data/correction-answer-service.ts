import { AppError } from '../errors.ts'
import type { Consultation, Outbox } from '../history/index.ts'
import type { InTransaction } from '../shared/transaction.ts'
import {
  formatNumber,
  mayAnswer,
  type Answer,
  type Correction,
  type CorrectionOfficer,
  type CorrectionStore,
} from './correction.ts'

export type AnsweringDeps = Readonly<{
  store: CorrectionStore
  outbox: Outbox
  inTransaction: InTransaction
  /** Writes that an officer looked, so that the person can read it. */
  consulted: (consultation: Consultation) => Promise<void>
  now: () => Date
}>

type Reader = Pick<CorrectionOfficer, 'closed'>

/** How many answered requests the desk shows. */
const SHOWN_ANSWERED = 20

/** The officer's side of the requests for correction. */
export function createCorrectionAnswering({ store, outbox, inTransaction, consulted, now }: AnsweringDeps) {
  /** What waits and what was answered lately, without what this officer may not answer. */
  async function list(municipality: string, officer: Reader) {
    const [waiting, answered] = await Promise.all([
      store.open(municipality),
      store.answered(municipality, SHOWN_ANSWERED),
    ])
    const isOpen = (correction: Correction): boolean => mayAnswer(correction, officer)
    return { waiting: waiting.filter(isOpen), answered: answered.filter(isOpen) }
  }

  /** How many wait for this officer's answer; beyond `most` none is counted. */
  const waitingCount = (municipality: string, { closed }: Reader, most: number): Promise<number> =>
    store.openCount(municipality, closed, most)

  async function toAnswer(municipality: string, id: string, officer: CorrectionOfficer): Promise<Correction> {
    const correction = await store.find(municipality, id)
    if (correction && mayAnswer(correction, officer)) return correction
    throw new AppError('NOT_FOUND', 'No such correction for this officer')
  }

  /** A request as an officer sees it on that page: their look is written first. */
  async function look(
    municipality: string,
    id: string,
    { officer, page }: { officer: CorrectionOfficer; page: string },
  ): Promise<Correction> {
    const correction = await toAnswer(municipality, id, officer)
    const { key, cf } = correction.person
    await consulted({
      municipality,
      at: now(),
      by: officer.author,
      what: 'correction',
      page,
      owners: [...new Set([key, ...(cf ? [cf] : [])])],
      named: [],
      filing: null,
      about: `Richiesta di rettifica n. ${formatNumber(correction)}`,
      reason: null,
    })
    return correction
  }

  /** Concludes a request and tells the person. Throws CONFLICT when it was answered already. */
  async function answer(
    municipality: string,
    id: string,
    { officer, ...rest }: Pick<Answer, 'outcome' | 'reasons'> & { officer: CorrectionOfficer },
  ): Promise<void> {
    const correction = await toAnswer(municipality, id, officer)
    const given: Answer = { ...rest, at: now(), by: officer.author }
    const isFirst = await inTransaction(async (transaction) => {
      if (!(await store.answer(correction, given, transaction))) return false
      const task = { key: `correction:${id}`, kind: 'correction-told', municipality, payload: { correction: id } }
      await outbox.put([task], transaction)
      return true
    })
    if (isFirst) return
    throw new AppError('CONFLICT', 'Correction has an answer', {
      explanation: 'Questa richiesta ha già una risposta, che la persona ha ricevuto: non si può cambiare.',
      back: `/ufficio/rettifiche/${correction.id}`,
    })
  }

  return { list, waitingCount, look, answer }
}
