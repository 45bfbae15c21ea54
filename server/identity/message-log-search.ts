import { addDays, isIsoDate, startOfDay } from '../shared/dates.ts'
import { isCodiceFiscale, normaliseCodiceFiscale } from '../shared/italian/index.ts'
import type { MessageQuery } from './message-log.ts'

/** The search form as it was sent: shown again as it is, whatever it holds. */
export type MessageSearch = Readonly<Record<'cf' | 'id' | 'dal' | 'al', string>>
export type SearchDefect = Readonly<{ name: keyof MessageSearch; message: string }>

/** Reads the form from a body or a query string. A field given twice counts as not given. */
export function searchOf(fields: unknown): MessageSearch {
  const read = (name: keyof MessageSearch): string => {
    const value = (fields as Record<string, unknown> | undefined)?.[name]
    return typeof value === 'string' ? value.trim().slice(0, 200) : ''
  }
  return { cf: normaliseCodiceFiscale(read('cf')), id: read('id'), dal: read('dal'), al: read('al') }
}

/** What is wrong with it, in the order of the page. */
export function searchDefects({ cf, id, dal, al }: MessageSearch): SearchDefect[] {
  const isWrong = (date: string): boolean => date !== '' && !isIsoDate(date)
  const defects: (SearchDefect | false)[] = [
    cf !== '' && !isCodiceFiscale(cf) && { name: 'cf', message: 'Scrivi un codice fiscale valido, 16 caratteri' },
    isWrong(dal) && { name: 'dal', message: 'Scrivi la data come 31/12/2026' },
    isWrong(al) && { name: 'al', message: 'Scrivi la data come 31/12/2026' },
    isIsoDate(al) && dal > al && { name: 'al', message: 'La data finale viene prima di quella iniziale: scambiale' },
    [cf, id, dal, al].every((field) => field === '') && {
      name: 'cf',
      message: 'Indica un codice fiscale, un identificativo o almeno un giorno',
    },
  ]
  return defects.filter((defect) => defect !== false)
}

/** What a form without defects asks of the log. */
export function queryOf({ cf, id, dal, al }: MessageSearch): Omit<MessageQuery, 'organization' | 'page'> {
  return {
    ...(dal !== '' && { from: startOfDay(dal) }),
    ...(al !== '' && { to: startOfDay(addDays(al, 1)) }),
    ...(id !== '' && { id }),
    ...(cf !== '' && { person: cf }),
  }
}
