import { isIsoDate, type IsoDate } from '../shared/dates.ts'

/**
 * That a service takes no requests, and why: what the municipality says beside the card, whose version never changes. It is about one
 * procedure, or about all of an office. Both days are included.
 */
export type ServiceNotice = Readonly<{
  procedure?: string
  office?: string
  /** `scheduled`: it opens on the day `from`. */
  status: 'suspended' | 'scheduled' | 'ended'
  /** For people, wherever the state is shown; the official model wants it of every service that is not active. */
  reason: string
  /** Since when; already, if absent. */
  from?: IsoDate
  /** Last day of a suspension; until the notice is taken out, if absent. */
  to?: IsoDate
}>

/** That a municipality changed what it says of its services: `services` holds from then on, until the next change. */
export type ServiceChange = Readonly<{
  municipality: string
  at: Date
  /** Who changed it, from where and with which file. */
  by: string
  services: readonly ServiceNotice[]
}>

const STATUSES: readonly unknown[] = ['suspended', 'scheduled', 'ended'] satisfies ServiceNotice['status'][]

/** It stands in a list and above a form: a few sentences. */
const LONGEST_REASON = 500

type Rule = (notice: ServiceNotice, offices: readonly string[]) => boolean

const RULES: Readonly<Record<string, Rule>> = {
  'nomina una procedura (procedure) o un ufficio (office), uno dei due': ({ procedure, office }) =>
    (procedure === undefined) !== (office === undefined),
  'office è uno degli uffici del comune': ({ office }, offices) => office === undefined || offices.includes(office),
  'status è suspended, scheduled o ended': ({ status }) => STATUSES.includes(status),
  [`reason ha da 1 a ${LONGEST_REASON} caratteri`]: ({ reason }) =>
    typeof reason === 'string' && reason.trim() !== '' && reason.length <= LONGEST_REASON,
  'from e to sono giorni, AAAA-MM-GG': ({ from, to }) => [from, to].every((day) => day === undefined || isIsoDate(day)),
  'scheduled ha il giorno dell’apertura (from)': ({ status, from }) => status !== 'scheduled' || from !== undefined,
  'solo una sospensione ha un ultimo giorno (to)': ({ status, to }) => status === 'suspended' || to === undefined,
  'to non viene prima di from': ({ from, to }) => from === undefined || to === undefined || from <= to,
}

/** Which rules the notices of a municipality with these offices break, one line each. Italian, for who installs. */
export function noticeDefects(notices: readonly ServiceNotice[], offices: readonly string[]): string[] {
  if (!Array.isArray(notices)) return ['services è un elenco']
  return notices.flatMap((notice: ServiceNotice, index) =>
    Object.entries(RULES)
      .filter(([, holds]) => !holds(notice, offices))
      .map(([rule]) => `services[${index}]: ${rule}`),
  )
}
