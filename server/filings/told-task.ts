import type { Handler, History, HistoryEvent } from '../history/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import type { FilingStore, Submitted } from './filing.ts'
import { submittedFilingOf } from './task-filing.ts'
import { tellFiler, type Tell } from './telling.ts'

export type ToldDeps = { store: FilingStore; history: History; tell: Tell }

/** Tells the filer what an office did. What the filer did is no news to them. */
export function createToldTask({ store, history, tell }: ToldDeps): Handler {
  return async ({ filing: id, event: eventId }, { municipality }) => {
    const filing = await submittedFilingOf(store, municipality, id)
    const event = (await history.of(municipality, filing.id)).find((candidate) => candidate.id === eventId)
    if (!event || event.by.kind === 'citizen') return
    await tellFiler(tell, filing, { key: `told:${event.id}`, ...wordsOf(filing, event) })
  }
}

function wordsOf(filing: Submitted, { data }: HistoryEvent): { subject: string; text: string } {
  const [told, reasons] = [data['told'], data['reasons']].map((value) => (typeof value === 'string' ? value : ''))
  const number = formatProtocol(filing.protocol)
  return {
    subject: `Novità sulla pratica ${number}`,
    text: [`La tua richiesta «${filing.procedure.title}» (protocollo ${number}) ha una novità.`, told, reasons]
      .filter(Boolean)
      .join('\n\n'),
  }
}
