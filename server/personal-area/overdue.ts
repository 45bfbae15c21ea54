import { isConcluded, type OpenFiling } from '../filings/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Term } from '../procedures/index.ts'
import { formatLongDate } from '../shared/dates.ts'
import { WAITING } from '../workflow/index.ts'

/** What the passed term means, and what a person may do. */
export type Overdue = Readonly<{
  text: readonly string[]
  /** Who concludes in the place of the office (L. 241/1990 art. 2 c. 9-bis and 9-ter), where silence answers nothing. */
  substitute: Municipality['substitute'] | null
}>

/**
 * What the page of a filing says once the last day is over and nothing was decided: until then it tells what silence will mean, and people
 * come back to read what it means now. Null before, and while the office waits for them.
 */
export function overdueOf(
  { filing, procedure, today }: Pick<OpenFiling, 'filing' | 'procedure' | 'today'>,
  { substitute }: Pick<Municipality, 'substitute'>,
): Overdue | null {
  if (isConcluded(filing) || today <= filing.due || WAITING.includes(filing.state)) return null
  const { effect, silence } = procedure.term
  const day = formatLongDate(filing.due)
  return { text: WORDS[effect](day, silence), substitute: effect === 'none' ? substitute : null }
}

const WORDS: Readonly<Record<Term['effect'], (day: string, silence: string) => readonly string[]>> = {
  'silenzio-assenso': (day, silence) => [
    `Il termine per la risposta era ${day}. ${silence}`,
    'Puoi chiedere all’ufficio un’attestazione che il termine è passato: se non arriva in 10 giorni la sostituisce una tua dichiarazione (art. 20 c. 2-bis L. 241/1990).',
  ],
  'silenzio-rifiuto': (day, silence) => [`Il termine per la risposta era ${day}. ${silence}`],
  scia: (day, silence) => [`Il termine per i controlli era ${day}. ${silence}`],
  none: (day) => [
    `La risposta era attesa entro ${day}: l’ufficio è in ritardo. Il silenzio non vale come accoglimento.`,
  ],
}
