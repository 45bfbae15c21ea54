import { isConcluded, type OpenFiling } from '../filings/index.ts'
import type { HistoryEvent } from '../history/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatLongDate } from '../shared/dates.ts'
import { partyName } from '../shared/party.ts'
import { lastDayFor } from './workflow.ts'

/** The step that was just taken, to whoever took it: that it was done, what went out with it, and by when what follows is due. */
export function stepDone(open: OpenFiling): { title: string; text: string[] } {
  const last = open.events.at(-1)
  if (!last) throw new Error('A filing that was sent has a history')
  const sent = sentText(open, last)
  if (last.by.kind === 'citizen') return { title: toldIn(last), text: sent }
  const number = formatProtocol(open.filing.protocol)
  if (last.type === 'signature-asked')
    return {
      title: `La pratica n. ${number} aspetta la firma`,
      text: [
        `«${labelOf(open, last)}» parte, con il numero di protocollo, appena chi dirige l’ufficio firma la lettera. Fino ad allora il cittadino non riceve nulla.`,
      ],
    }
  return { title: titleOf(open, last, number), text: [...sent, nextText(open)] }
}

const titleOf = (open: OpenFiling, last: HistoryEvent, number: string): string =>
  last.type === 'taken-in-charge'
    ? `Hai preso in carico la pratica n. ${number}`
    : `Fatto: «${labelOf(open, last)}», pratica n. ${number}`

const labelOf = ({ procedure }: OpenFiling, { data }: HistoryEvent): string =>
  procedure.workflow.find(({ id }) => id === data['step'])?.label ?? ''

/** As a title, which ends without a full stop like all that say what was done. */
const toldIn = ({ data }: HistoryEvent): string =>
  typeof data['told'] === 'string' ? data['told'].replace(/\.$/, '') : ''

/** What was registered with the step, and who hears of it. */
function sentText({ filing }: OpenFiling, { by, data }: HistoryEvent): string[] {
  const protocol = data['protocol'] as { number: number; year: number } | undefined
  const number = protocol && formatProtocol(protocol)
  if (by.kind === 'citizen') return number ? [`È registrato con il protocollo n. ${number}.`] : []
  return [
    [number && `La lettera è registrata con il n. ${number}.`, `${partyName(filing.filer)} riceve un avviso.`]
      .filter(Boolean)
      .join(' '),
  ]
}

/** What the office has to do next with the filing, and by when. */
function nextText({ filing, events }: OpenFiling): string {
  if (isConcluded(filing)) return 'La pratica è conclusa: non devi fare altro.'
  const until = lastDayFor(filing, events)
  if (until !== '') return `Si può rispondere fino a ${formatLongDate(until)}.`
  return `Va conclusa entro ${formatLongDate(filing.due)}.`
}
