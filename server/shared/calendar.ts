import { addDays, type IsoDate } from './dates.ts'

/** L. 260/1949 as amended: day, and the first year in which it was a holiday again (L. 54/1977 had taken some away). */
const FIXED: Readonly<Record<string, number>> = {
  '01-01': 1949,
  '01-06': 1986,
  '04-25': 1949,
  '05-01': 1949,
  '06-02': 2001,
  '08-15': 1949,
  // San Francesco, a holiday again from 2026 (L. 151/2025).
  '10-04': 2026,
  '11-01': 1949,
  '12-08': 1949,
  '12-25': 1949,
  '12-26': 1949,
}

const SUNDAY = 0
const SATURDAY = 6

type HolidayRules = Readonly<{
  /** Only for terms of European law (Reg. 1182/71) and of civil trials: for administrative terms Saturday is a working day like others. */
  saturday?: boolean
}>

/** Sundays and the holidays of the State. The patron's day closes the offices but moves no term (only L. 260/1949 counts). */
export function isHoliday(date: IsoDate, { saturday = false }: HolidayRules = {}): boolean {
  const day = weekday(date)
  if (day === SUNDAY || (saturday && day === SATURDAY)) return true
  const year = Number(date.slice(0, 4))
  const since = FIXED[date.slice(5)]
  return (since !== undefined && year >= since) || date === addDays(easter(year), 1)
}

/** The day itself, or the first one after it that is not a holiday (c.c. art. 2963 c. 3). */
export function nextNonHoliday(date: IsoDate, rules: HolidayRules = {}): IsoDate {
  let day = date
  while (isHoliday(day, rules)) day = addDays(day, 1)
  return day
}

/** Same day number `months` later, else the last day of that month (c.c. art. 2963 c. 4-5). */
export function addMonths(date: IsoDate, months: number): IsoDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastDay))).toISOString().slice(0, 10)
}

/** Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher). */
export function easter(year: number): IsoDate {
  const golden = year % 19
  const century = Math.floor(year / 100)
  const ofCentury = year % 100
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const moon = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30
  const sunday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - moon - (ofCentury % 4)) % 7
  const shift = moon + sunday - 7 * Math.floor((golden + 11 * moon + 22 * sunday) / 451) + 114
  const twoDigits = (value: number): string => String(value).padStart(2, '0')
  return `${year}-${twoDigits(Math.floor(shift / 31))}-${twoDigits((shift % 31) + 1)}`
}

const weekday = (date: IsoDate): number => new Date(`${date}T00:00:00Z`).getUTCDay()
