import {
  filingOfTask,
  tellFiler,
  tellPrincipal,
  type Actors,
  type FilingStore,
  type Submitted,
} from '../filings/index.ts'
import type { Handler, History, HistoryEvent } from '../history/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import type { Tell } from '../shared/tell.ts'

type Deps = { store: FilingStore; history: History; actors: Pick<Actors, 'filerMaySee'>; tell: Tell }

/** Tells the person what an office did; under a mandate both who gave it and, while they have it, the proxy. What a person did is no news, unless it ends the filing. */
export function createToldTask({ store, history, actors, tell }: Deps): Handler {
  return async ({ filing: id, event: eventId }, { municipality }) => {
    const filing = await filingOfTask(store, municipality, id)
    const event = (await history.of(municipality, filing.id)).find((candidate) => candidate.id === eventId)
    if (!event || (!isNewsToAll(event) && didThemselves(filing, event))) return
    const words = wordsOf(filing, event)
    await tellPrincipal(tell, filing, { key: `told:${event.id}:principal`, ...words })
    if (isNewsToAll(event) && (await actors.filerMaySee(filing)))
      await tellFiler(tell, filing, { key: `told:${event.id}`, ...words })
  }
}

/** What an office did; and what ends a filing, lest it was not them. */
const isNewsToAll = ({ by, type }: HistoryEvent): boolean => by.kind !== 'citizen' || type === 'withdrawn'

/** A step of a person is news only to whom a proxy acts for. */
const didThemselves = ({ ground }: Submitted, { by }: HistoryEvent): boolean =>
  by.kind === 'citizen' && (ground?.kind !== 'mandate' || by.cf === ground.principalKey)

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
