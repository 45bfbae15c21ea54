import { HISTORY } from '../server/bundles/bundle.ts'
import { verifyChain } from '../server/history/chain.ts'
import type { HistoryEvent } from '../server/history/event.ts'
import { documentsIn, jsonOf, judged, listed, member, shown, type Check, type Opened } from './check.ts'

/** The events of the bundle, whatever they hold. */
export const eventsOf = (opened: Pick<Opened, 'files'>): readonly unknown[] => listed(jsonOf(opened, HISTORY))

/** Each event follows the one before it, none was altered, taken out or added, and the last is the one that the index names. */
export function checkHistory(opened: Opened): Check {
  const { history, filing } = opened.index
  const events = eventsOf(opened)
  const others = events.filter((event) => member(event, 'filing') !== filing.id)
  const readable = events.every((event) => typeof event === 'object' && event !== null && !Array.isArray(event))
  const defect = readable
    ? verifyChain(events as readonly HistoryEvent[], { sequence: history.length, hash: history.head })
    : 'unreadable'
  return judged(
    'history',
    'Storia della pratica',
    [
      ...(defect === null ? [] : [`La catena degli eventi è interrotta: ${inItalian(defect)}.`]),
      ...(others.length > 0 ? ['Ci sono eventi di un’altra pratica.'] : []),
      ...(events.length === 0 ? ['Non ci sono eventi.'] : []),
    ],
    events.length === 1
      ? '1 evento, quello indicato dall’indice.'
      : `${events.length} eventi, ciascuno legato al precedente; l’ultimo è quello indicato dall’indice.`,
  )
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/was altered$/, 'è stato modificato'],
  [/does not follow/, 'non segue il precedente'],
  [/has the number/, 'ha un numero che non segue: ne manca o ne è stato aggiunto uno'],
  [/missing$/, 'manca'],
  [/not the last/, 'non è l’ultimo registrato'],
]

/** `Event 2: was altered`, as the chain says it. */
function inItalian(defect: string): string {
  const [event, ...rest] = defect.split(': ')
  const words = WORDS.find(([pattern]) => pattern.test(rest.join(': ')))?.[1] ?? 'non si legge'
  return `l’evento ${event?.replace('Event ', '') ?? ''} ${words}`
}

/** What history and register name is in the bundle with the same fingerprint, or is said to be left out. */
export function checkCompleteness(opened: Opened, named: readonly Named[]): Check {
  const { index } = opened
  const withheld = new Set(index.withheld.flatMap(({ documents }) => listed(documents)))
  const present = new Map(documentsIn(index).map(({ document, sha256 }) => [document?.id, sha256]))
  const wanted = [...eventsOf(opened).flatMap(documentsOfEvent), ...named]
  const defects = wanted.flatMap(({ id, sha256, by }) => {
    const here = present.get(id)
    if (here === undefined) return withheld.has(id) ? [] : [`Un documento nominato ${by} non c’è (${shown(id)}).`]
    return here === sha256 ? [] : [`Un documento nominato ${by} ha un’altra impronta (${shown(id)}).`]
  })
  const left = index.withheld.map(({ what, why }) => `Non compreso in questa copia: ${shown(what)} (${shown(why)}).`)
  const check = judged(
    'completeness',
    'Completezza',
    [...new Set(defects)],
    'Ogni documento nominato dalla storia e dal registro è nel fascicolo, con la stessa impronta.',
  )
  return { ...check, details: [...check.details, ...left] }
}

export type Named = Readonly<{ id: string; sha256: string; by: string }>

const documentsOfEvent = (event: unknown): Named[] =>
  listed(member(member(event, 'data'), 'documents')).map((document) => ({
    id: String(member(document, 'id')),
    sha256: String(member(document, 'sha256')),
    by: 'dalla storia',
  }))
