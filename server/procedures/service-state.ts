import type { Municipality, ServiceNotice } from '../municipalities/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { ProcedureSource } from './procedure.ts'

/** Why a service takes no requests today. */
export type Closure = Pick<ServiceNotice, 'status' | 'reason' | 'from' | 'to'>

/** Whether a service takes requests on a day; `next` is what will change that. */
export type ServiceState = Readonly<{ status: 'active'; next?: Closure }> | Closure

/** Of several notices for one day the first kind counts: what is over does not open any more. */
const RANK = ['ended', 'scheduled', 'suspended'] as const

/** The state of a service on a day, from all that the municipality and the card in force say of it. */
export function serviceState(
  { id, office, card }: Pick<ProcedureSource, 'id' | 'office' | 'card'>,
  { services = [] }: Pick<Municipality, 'services'>,
  today: IsoDate,
): ServiceState {
  const own = services.filter((notice) => notice.procedure === id || notice.office === office)
  const notices: Closure[] = card.status === 'active' ? own : [...own, ofCard(card)]
  const [now] = notices.filter((notice) => counts(notice, today)).sort(byWeight)
  if (now) return now
  const [next] = notices.filter(({ from = today }) => from > today).sort((a, b) => (start(a) < start(b) ? -1 : 1))
  return { status: 'active', ...(next && { next }) }
}

/** A version of a procedure may itself be not active, for every municipality. */
const ofCard = ({ reason = '' }: ProcedureSource['card']): Closure => ({ status: 'suspended', reason })

function counts({ status, from = '', to }: Closure, today: IsoDate): boolean {
  if (status === 'scheduled') return today < from
  return from <= today && (to === undefined || today <= to)
}

const NEVER = '9999-12-31'
const start = ({ from = '' }: Closure): IsoDate => from
/** The day after which a notice no longer keeps the service closed. */
const end = ({ status, from = NEVER, to = NEVER }: Closure): IsoDate => (status === 'scheduled' ? from : to)

const byWeight = (a: Closure, b: Closure): number =>
  RANK.indexOf(a.status) - RANK.indexOf(b.status) || (end(a) > end(b) ? -1 : 1)
