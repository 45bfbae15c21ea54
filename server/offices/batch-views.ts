import { formatFigure } from '../shared/figure.ts'
import type { BatchOutcome } from './batch-service.ts'

/** What was to be done with the filings that were chosen: by the officer, and of one filing. */
type Deed = Readonly<{ did: string; done: string }>

export const TAKEN: Deed = { did: 'Hai preso in carico', done: 'presa in carico' }
export const assignedTo = (name: string): Deed => ({
  did: `Hai assegnato a ${name}`,
  done: `assegnata a ${name}`,
})

/** What came of each: those with which it was done together, and why not for each of the others. */
export function batchTold(deed: Deed, outcomes: readonly BatchOutcome[]) {
  const done = outcomes.filter(({ failure }) => failure === null)
  const failed = outcomes.filter(({ failure }) => failure !== null)
  return {
    title: titleOf(deed, done.length, outcomes.length),
    ...(failed.length > 0 && { type: 'warning' as const }),
    text: [
      ...(done.length > 0 ? [`Protocollo ${done.map(({ protocol }) => `n. ${protocol}`).join(', ')}.`] : []),
      ...failed.map(({ protocol, failure }) =>
        protocol
          ? `La pratica n. ${protocol} non è stata ${deed.done}. ${failure}`
          : 'Una delle pratiche scelte non è più tra quelle dei tuoi uffici.',
      ),
    ],
  }
}

function titleOf({ did, done }: Deed, count: number, chosen: number): string {
  if (count === 0) return `Nessuna pratica ${done}`
  const filings = count === 1 ? 'una pratica' : `${formatFigure(count)} pratiche`
  return count === chosen ? `${did} ${filings}` : `${did} ${filings} su ${formatFigure(chosen)}`
}

/** What a list says when nothing was chosen to be done, or nobody to do it. */
export const NONE_CHOSEN = 'Scegli almeno una pratica.'
export const NOBODY_CHOSEN = 'Scegli a chi assegnare le pratiche.'
