/** A calendar day `YYYY-MM-DD`, without time or zone. */
export type IsoDate = string

/** The law's clock is the Italian one: a filing at 23:59:58 belongs to that day wherever the server runs. */
const ZONE = 'Europe/Rome'
const DAY = 86_400_000

const isoDay = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' })
const isoTime = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, timeStyle: 'medium' })
const italianDay = new Intl.DateTimeFormat('it-IT', {
  timeZone: 'UTC',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
})
const italianLongDay = new Intl.DateTimeFormat('it-IT', { timeZone: 'UTC', dateStyle: 'full' })
const italianInstant = new Intl.DateTimeFormat('it-IT', {
  timeZone: ZONE,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** The day in Rome at that instant. */
export const romeDate = (at: Date): IsoDate => isoDay.format(at)

/** The instant at which a day begins in Rome. */
export function startOfDay(date: IsoDate): Date {
  const winter = new Date(`${date}T00:00:00+01:00`)
  return romeTime(winter) === '00:00:00' ? winter : new Date(`${date}T00:00:00+02:00`)
}

/** The time in Rome at that instant, `HH:MM:SS`. */
export const romeTime = (at: Date): string => isoTime.format(at)

/** The day so many days later (earlier if negative). */
export const addDays = (date: IsoDate, days: number): IsoDate =>
  new Date(utc(date) + days * DAY).toISOString().slice(0, 10)

/** Whole days from one day to a later one (negative if earlier). */
export const daysBetween = (from: IsoDate, to: IsoDate): number => (utc(to) - utc(from)) / DAY

/** `02/03/2026`. */
export const formatDate = (date: IsoDate | Date): string =>
  italianDay.format(utc(typeof date === 'string' ? date : romeDate(date)))

/** `lunedì 2 marzo 2026`. */
export const formatLongDate = (date: IsoDate | Date): string =>
  italianLongDay.format(utc(typeof date === 'string' ? date : romeDate(date)))

/** `02/03/2026, 10:15` in Rome. */
export const formatDateTime = (at: Date): string => italianInstant.format(at)

const ELIDED: Readonly<Record<string, string>> = { il: 'l’', del: 'dell’', dal: 'dall’', al: 'all’' }

/** `il 02/03/2026`, but `l’08/03/2026` and `l’11/03/2026`: Italian elides before eight and eleven. Another text stays as it is. */
export function withDay(word: string, day: string): string {
  const elided = /^(08|11)\/\d\d\/\d{4}/.test(day) ? ELIDED[word] : undefined
  return elided === undefined ? `${word} ${day}` : `${elided}${day}`
}

/** Whether the text is a day that exists, written `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text)) && new Date(utc(text)).toISOString().startsWith(text)
  )
}

const MONTHS = ['gen', 'feb', 'mar', 'apr', 'mag', 'giu', 'lug', 'ago', 'set', 'ott', 'nov', 'dic'] as const
const MONTH = new Intl.DateTimeFormat('it-IT', { timeZone: 'UTC', month: 'long' })
/** What a month may be called: `3`, `03`, `mar`, `mar.`, `marzo`, `Marzo`. */
const MONTH_NUMBERS: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((short, index) => {
    const number = index + 1
    const names = [
      short,
      `${short}.`,
      MONTH.format(Date.UTC(2000, index)),
      String(number),
      String(number).padStart(2, '0'),
    ]
    return names.map((name): [string, number] => [name, number])
  }),
)

/**
 * The day that somebody wrote as people do: `3/3/2026`, `3 marzo 2026`, `1° mar. 2026`. What is no such day, or leaves open which one is
 * meant (a year of two digits), stays as it is.
 */
export function typedDate(text: string): IsoDate {
  const match = /^(\d{1,2})[°º]?[/.\- ]([a-z]{3,9}\.?|\d{1,2})[/.\- ](\d{4})$/.exec(
    text.trim().replace(/\s+/g, ' ').toLowerCase(),
  )
  const [, day = '', name = '', year = ''] = match ?? []
  const month = MONTH_NUMBERS.get(name)
  const iso = month === undefined ? '' : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`
  return isIsoDate(iso) ? iso : text
}

const utc = (date: IsoDate): number => Date.parse(`${date}T00:00:00Z`)
