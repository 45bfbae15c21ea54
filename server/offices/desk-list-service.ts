import {
  may,
  type FilingService,
  type Named,
  type OfficeOrder,
  type OfficerActor,
  type Submitted,
  type SubmittedState,
} from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { askedWords } from '../protocol/index.ts'
import { answerDays } from '../workflow/index.ts'
import { LISTS } from './desk-list.ts'
import { workingOffices, type Officer } from './officer.ts'

export const PAGE_SIZE = 25

type WorkListQuery = Readonly<{
  states: readonly SubmittedState[]
  order: OfficeOrder
  mine: boolean
  page: number
}>

/** States in which it is for an office to go on. */
const TO_DO: readonly SubmittedState[] = [...LISTS['da-prendere'].states, ...LISTS['in-corso'].states]

/** The filings of an officer's offices, as they are looked through. */
export function createDeskLists({
  filings,
  history,
}: {
  filings: Pick<FilingService, 'ofOffices' | 'named' | 'about' | 'annulled'>
  history: Pick<History, 'of'>
}) {
  const workList = async (
    municipality: string,
    { offices, actor }: Officer,
    { states, order, mine, page }: WorkListQuery,
  ): Promise<{ filings: Submitted[]; total: number }> =>
    filings.ofOffices(municipality, {
      offices,
      states,
      order,
      ...(mine ? { assignedTo: actor.cf } : {}),
      page,
      size: PAGE_SIZE,
    })

  /** What this officer does after that filing: of their own that wait for an office the one that is due first, if there is one. */
  async function next(municipality: Municipality, actor: OfficerActor, after: string): Promise<Submitted | undefined> {
    const offices = workingOffices(actor.appointments, municipality)
    const query = { states: TO_DO, order: 'due', mine: true, page: 1 } as const
    const { filings: mine } = await workList(municipality.id, { actor, offices }, query)
    return mine.find((filing) => filing.id !== after && !filing.toSign && may(filing, 'read', actor))
  }

  /** The filings of their offices with this number, at whatever stage: one, or one of each year. */
  const numbered = async (
    municipality: string,
    { offices }: Pick<Officer, 'offices'>,
    protocol: Readonly<{ number: number; year?: number }>,
  ): Promise<Submitted[]> =>
    (await filings.ofOffices(municipality, { offices, protocol, order: 'newest', page: 1, size: PAGE_SIZE })).filings

  /** The filings of their offices that whoever is called so filed, or had filed for them, at whatever stage. */
  const named = async (
    municipality: string,
    { offices }: Pick<Officer, 'offices'>,
    { name, page }: Readonly<{ name: string; page: number }>,
  ): Promise<Named> => filings.named(municipality, { offices, words: askedWords(name), page, size: PAGE_SIZE })

  /** What lists say besides of these filings. */
  const besides = async (listed: readonly Submitted[], actor: OfficerActor) => {
    const [about, annulled, answerBy] = await Promise.all([
      filings.about(listed, actor),
      filings.annulled(listed),
      answerDays(history, listed),
    ])
    return { about, annulled, answerBy }
  }

  return { workList, besides, next, numbered, named }
}
