import type { Municipality } from '../municipalities/index.ts'
import type { IsoDate } from '../shared/dates.ts'
import type { AmendmentStore } from './amendment.ts'
import {
  dailyRegister,
  daysToClose,
  type DailyRegister,
  type DailyRegisterStore,
  type RegisterDay,
} from './daily-register.ts'
import type { RegisterStore } from './register.ts'

type Deps = Readonly<{ store: RegisterStore; amendments: AmendmentStore; registers: DailyRegisterStore }>

export type DailyRegisterService = ReturnType<typeof createDailyRegisterService>

/** Forms the register of each day once the day is over. */
export function createDailyRegisterService({ store, amendments, registers }: Deps) {
  async function day(municipality: string, date: IsoDate): Promise<RegisterDay> {
    const [entries, amended] = await Promise.all([
      store.ofDay(municipality, date),
      amendments.ofDay(municipality, date),
    ])
    const touched = await store.byIds(amended.map(({ entry }) => entry))
    const byId = new Map(touched.map((entry) => [entry.id, entry]))
    const pairs = amended.flatMap((amendment) => {
      const entry = byId.get(amendment.entry)
      return entry ? [{ amendment, entry }] : []
    })
    return { date, entries, amendments: pairs }
  }

  return {
    /** What was registered on a day of Rome, and what was amended on it, so far (art. 53 c. 2). */
    day,
    /**
     * The job of every night: closes each day that is over and has no register yet, oldest first, and returns what it
     * made. Run again, or by several workers at once, it makes none twice.
     */
    async closeDays(municipality: Municipality, now: Date): Promise<DailyRegister[]> {
      const { id } = municipality
      const last = await registers.last(id)
      const dates = daysToClose({ first: last ? null : await store.firstDay(id), last: last?.date ?? null, now })
      const made: DailyRegister[] = []
      let previous = last?.sha256 ?? null
      for (const date of dates) {
        // First: an entry of a day that has its register would be in none.
        await store.closeDay({ ...municipality, date, year: Number(date.slice(0, 4)) })
        const register = dailyRegister(municipality, await day(id, date), { closedAt: now, previous })
        if (!(await registers.insert(register))) return made // another worker is at it
        made.push(register)
        previous = register.sha256
      }
      return made
    },
    /** The closed register of a day, or undefined. */
    closedDay: (municipality: string, date: IsoDate) => registers.find(municipality, date),
    closedDays: (municipality: string, page: { number: number; size: number }) => registers.page(municipality, page),
  }
}
