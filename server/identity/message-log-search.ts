import { addDays, isIsoDate, startOfDay } from '../shared/dates.ts'
import type { FormErrors } from '../shared/form-body.ts'
import { isCodiceFiscale, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import type { MessageQuery } from './message-log.ts'

/** The search form as it was sent: shown again as it is, whatever it holds. */
export type MessageSearch = Readonly<Record<'cf' | 'id' | 'dal' | 'al', string>>

/** Reads the form from a body or a query string. A field given twice counts as not given. */
export function searchOf(fields: unknown): MessageSearch {
  const read = (name: keyof MessageSearch): string => {
    const value = (fields as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'string' ? value.trim().slice(0, 200) : ''
  }
  return { cf: normaliseCodiceFiscale(read('cf')), id: read('id'), dal: read('dal'), al: read('al') }
}

/** What is wrong with it, in the order of the page. */
export function searchErrors({ cf, id, dal, al }: MessageSearch): FormErrors {
  const isWrong = (date: string): boolean => date !== '' && !isIsoDate(date)
  const isEmpty = [cf, id, dal, al].every((field) => field === '')
  return {
    ...(cf !== '' && !isCodiceFiscale(cf) && { cf: 'Scrivi un codice fiscale valido, 16 caratteri.' }),
    ...(isWrong(dal) && { dal: 'Scrivi la data come 31/12/2026.' }),
    ...(isWrong(al) && { al: 'Scrivi la data come 31/12/2026.' }),
    ...(isIsoDate(al) && dal > al && { al: 'La data finale viene prima di quella iniziale: scambiale.' }),
    ...(isEmpty && { cf: 'Indica un codice fiscale, un identificativo o almeno un giorno.' }),
  }
}

/** What a form without errors asks of the log. */
export function queryOf({ cf, id, dal, al }: MessageSearch): Omit<MessageQuery, 'organization' | 'page'> {
  return {
    ...(dal !== '' && { from: startOfDay(dal) }),
    ...(al !== '' && { to: startOfDay(addDays(al, 1)) }),
    ...(id !== '' && { id }),
    ...(cf !== '' && { person: cf }),
  }
}
