import { formatDate, formatLongDate, withDay, type IsoDate } from '../shared/dates.ts'

/**
 * Until when whoever filed may answer, in a list of the office that waits for them: from the next day it may decide without
 * (L. 241/1990 artt. 2 c. 7 and 10-bis), and nothing else calls it back. Null where nobody is waited for.
 */
export function answerInList(last: IsoDate | undefined, today: IsoDate) {
  if (!last) return null
  const isOver = last < today
  return { isOver, text: isOver ? 'Risposta non arrivata' : `Risposta entro ${withDay('il', formatDate(last))}` }
}

/** The same among the facts of one filing. */
export function answerInCase(last: IsoDate, today: IsoDate): string | null {
  if (last === '') return null
  const day = formatLongDate(last)
  return last < today
    ? `Non è arrivata entro ${day}: si può decidere anche senza.`
    : `Entro ${day}: fino ad allora la richiesta non si può respingere.`
}
