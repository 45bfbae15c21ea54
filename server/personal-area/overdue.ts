import { isConcluded, type OpenFiling } from '../filings/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { lastDayToAnswer, type Term } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatLongDate, romeDate, withDay } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import { authorOn, senderOf, WAITING } from '../workflow/index.ts'

/** What the passed term means, and what a person may do. */
export type Overdue = Readonly<{
  text: readonly string[]
  /** Who concludes in the place of the office (L. 241/1990 art. 2 c. 9-bis and 9-ter), where silence answers nothing. */
  substitute: Municipality['substitute'] | null
  /** The words that take the place of an attestation which the office owes and did not make; null while it may. */
  declaration: string | null
}>

type Given = Pick<OpenFiling, 'filing' | 'procedure' | 'events' | 'actor' | 'today'>
type Whose = Pick<Municipality, 'name' | 'substitute'>

/** Days that the office has for the attestation (L. 241/1990 art. 20 c. 2-bis). */
const ATTESTATION_DAYS = 10

/**
 * What the page of a filing says once the last day is over and nothing was decided: until then it tells what silence will mean, and people
 * come back to read what it means now. Null before, and while the office waits for them.
 */
export function overdueOf(open: Given, { name, substitute }: Whose): Overdue | null {
  const { filing, procedure, today } = open
  if (isConcluded(filing) || today <= filing.due || WAITING.includes(filing.state)) return null
  const { effect, silence } = procedure.term
  const asked = effect === 'silenzio-assenso' ? attestationOf(open) : null
  return {
    text: [WORDS[effect](formatLongDate(filing.due), silence), ...(asked ? [asked.text] : [])],
    substitute: effect === 'none' ? substitute : null,
    declaration: asked?.unmet ? declarationText(open, name, asked.unmet) : null,
  }
}

const answeredBySilence = (day: string, silence: string): string => `Il termine per la risposta era ${day}. ${silence}`

const WORDS: Readonly<Record<Term['effect'], (day: string, silence: string) => string>> = {
  'silenzio-assenso': answeredBySilence,
  'silenzio-rifiuto': answeredBySilence,
  scia: (day, silence) => `Il termine per i controlli era ${day}. ${silence}`,
  none: (day) => `La risposta era attesa entro ${day}: l’ufficio è in ritardo. Il silenzio non vale come accoglimento.`,
}

/**
 * What becomes of the attestation that silence was consent: it may be asked for, is on its way, or did not come in time; `unmet` is then
 * the day on which it was asked for.
 */
function attestationOf({ events, today }: Pick<Given, 'events' | 'today'>) {
  const asked = events.findLast(({ type }) => type === 'attestation-requested')
  if (!asked)
    return {
      text: `Puoi chiedere all’ufficio un’attestazione che il termine è passato: se non arriva in ${ATTESTATION_DAYS} giorni la sostituisce una tua dichiarazione (art. 20 c. 2-bis L. 241/1990).`,
      unmet: null,
    }
  const [day, until] = [formatDate(asked.at), lastDayToAnswer(romeDate(asked.at), ATTESTATION_DAYS)]
  const isLate = today > until
  const text = isLate
    ? `L’attestazione chiesta ${withDay('il', day)} doveva arrivare entro ${formatLongDate(until)}: al suo posto vale una tua dichiarazione firmata (art. 20 c. 2-bis L. 241/1990). Puoi usare questo testo:`
    : `Hai chiesto ${withDay('il', day)} l’attestazione che il termine è passato: l’ufficio la rilascia entro ${formatLongDate(until)}. Se non arriva, dopo quel giorno trovi qui la dichiarazione che la sostituisce.`
  return { text, unmet: isLate ? day : null }
}

/** What whoever reads the page declares of what they know (DPR 445/2000 artt. 47, 76). */
function declarationText({ filing, procedure, actor }: Given, municipality: string, asked: string): string {
  const [sender, reader] = [senderOf(filing), authorOn(filing, actor)]
  const cf = 'cf' in reader && reader.cf ? `, codice fiscale ${reader.cf}` : ''
  const forOther = partyName(sender) === reader.name ? '' : `, per ${partyName(sender)}`
  return [
    `Io, ${reader.name}${cf}${forOther}, so che una dichiarazione falsa è punita dalla legge (art. 76 DPR 445/2000) e dichiaro, secondo l’art. 47 dello stesso decreto, che:`,
    `«${procedure.title}» è arrivata al ${municipality} ${withDay('il', formatDate(filing.protocol.at))} con il protocollo n. ${formatProtocol(filing.protocol)};`,
    `il termine del procedimento è scaduto ${withDay('il', formatDate(filing.due))} senza che arrivasse una decisione;`,
    `${withDay('il', asked)} è stata chiesta l’attestazione prevista dall’art. 20 c. 2-bis della L. 241/1990, che non è arrivata nei ${ATTESTATION_DAYS} giorni successivi;`,
    'quanto chiesto si intende quindi accolto.',
  ].join('\n')
}
