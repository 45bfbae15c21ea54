import type { OpenFiling, Submitted } from '../filings/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatLongDate, type IsoDate } from '../shared/dates.ts'
import { stepDone } from '../workflow/index.ts'
import { listOf, LISTS } from './desk-list.ts'

/** Whether a filing asks nothing more of its officer now: it is concluded, or waits for the citizen or a signature. */
export const isOffTheDesk = ({ state, toSign }: Submitted): boolean =>
  !LISTS['in-corso'].states.includes(state) || toSign !== null

/** What was done and, once the filing is off the desk, where its officer goes on: to the next of their own, beside its list. */
export function afterStep(open: OpenFiling, next: Submitted | undefined) {
  const done = stepDone(open)
  if (!isOffTheDesk(open.filing)) return done
  return { ...done, text: [...done.text, nextText(next, open.today)], ways: waysOn(next) }
}

function nextText(next: Submitted | undefined, today: IsoDate): string {
  if (!next) return 'Nessun’altra pratica assegnata a te è da lavorare.'
  const { procedure, protocol, due } = next
  const until = `${due < today ? 'andava conclusa' : 'da concludere'} entro ${formatLongDate(due)}`
  return `La tua prossima pratica: ${procedure.title}, n. ${formatProtocol(protocol)}, ${until}.`
}

function waysOn(next: Submitted | undefined) {
  if (!next) return [listOf('submitted')]
  const { text, href } = listOf(next.state)
  return [
    { text: 'Apri la prossima pratica', href: `/ufficio/pratiche/${next.id}` },
    { text: `Le mie pratiche: ${text}`, href: `${href}&mie=1` },
  ]
}
