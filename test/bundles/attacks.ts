import { INDEX, SEAL } from '../../server/bundles/bundle.ts'
import type { HistoryEvent } from '../../server/history/index.ts'
import type { Signing } from '../../server/signing/signing-service.ts'
import { historyIn, indexIn, rechained, reindexed, type Files } from './archive.ts'

type Hands = ReturnType<typeof handsOn>

/** What an attacker can do to an unpacked bundle, with a seal of their own. */
export function handsOn(files: Files, attacker: Pick<Signing, 'sealFile'>) {
  const first = (start: string): string => [...files.keys()].find((path) => path.startsWith(start)) ?? ''
  const edit = (path: string, change: (text: string) => string): void =>
    void files.set(path, Buffer.from(change(files.get(path)?.toString() ?? '')))
  const history = (): HistoryEvent[] => historyIn(files)
  const setHistory = (events: unknown): void => void files.set('storia.json', Buffer.from(JSON.stringify(events)))

  const reindex = (): void => reindexed(files)
  const reseal = async (): Promise<void> =>
    void files.set(SEAL, Buffer.from(await attacker.sealFile(files.get(INDEX) ?? Buffer.alloc(0))))
  return { files, first, edit, history, setHistory, reindex, reseal, attacker }
}

/** Each attack with what the verifier must say of it. */
export const attacks: readonly (readonly [
  string,
  complaint: RegExp,
  attack: (hands: Hands) => Promise<void> | void,
])[] = [
  [
    'a byte of a document',
    /^files failed\ndocumenti\/.*modificato/m,
    ({ files }) => {
      const path = [...files.keys()].find((each) => each.endsWith('.jpg')) ?? ''
      const bytes = files.get(path) ?? Buffer.alloc(0)
      bytes[bytes.length - 4] = (bytes.at(-4) ?? 0) ^ 1
    },
  ],
  [
    'a document, and its hash in the index',
    /^seal failed[^]*modificato dopo il sigillo/m,
    ({ first, edit, reindex }) => {
      edit(first('documenti/01'), (text) => text.replace('Via della Stazione', 'Via Roma'))
      reindex()
    },
  ],
  [
    'an event taken out',
    /^history failed[^]*numero che non segue/m,
    ({ history, setHistory }) => setHistory(history().toSpliced(1, 1)),
  ],
  [
    'the last event taken out',
    /^history failed[^]*manca/m,
    ({ history, setHistory }) => setHistory(history().slice(0, -1)),
  ],
  [
    'the last event taken out, and the index made anew',
    /^seal failed/m,
    ({ history, setHistory, reindex }) => {
      setHistory(history().slice(0, -1))
      reindex()
    },
  ],
  [
    'two events in the place of each other',
    /^history failed[^]*numero che non segue/m,
    ({ history, setHistory }) => setHistory(history().toSpliced(0, 2, ...history().slice(0, 2).reverse())),
  ],
  [
    'two events in the place of each other, the chain and the index made anew',
    /^seal failed/m,
    ({ history, setHistory, reindex }) => {
      setHistory(rechained(history().toSpliced(0, 2, ...history().slice(0, 2).reverse())))
      reindex()
    },
  ],
  [
    'an event of another filing in the place of one, all made anew',
    /^history failed[^]*altra pratica/m,
    async ({ history, setHistory, reindex, reseal }) => {
      setHistory(rechained(history().map((event, index) => (index === 1 ? { ...event, filing: 'altra' } : event))))
      reindex()
      await reseal()
    },
  ],
  [
    'the whole history of another filing, all made anew',
    /^history failed[^]*altra pratica/m,
    async ({ history, setHistory, reindex, reseal }) => {
      setHistory(rechained(history().map((event) => ({ ...event, filing: 'altra' }))))
      reindex()
      await reseal()
    },
  ],
  ['the whole history', /^history failed[^]*Non ci sono eventi/m, ({ setHistory }) => setHistory([])],
  [
    'an event changed',
    /^history failed[^]*l’evento 2 è stato modificato/m,
    ({ history, setHistory }) =>
      setHistory(history().map((event, index) => (index === 1 ? { ...event, at: '2026-01-01T00:00:00.000Z' } : event))),
  ],
  [
    'an officer’s withheld tax code made up',
    /^history failed[^]*è stato modificato/m,
    ({ history, setHistory }) =>
      setHistory(
        history().map((event, index) =>
          index === 1 ? { ...event, by: { ...event.by, cfDigest: '0'.repeat(64) } } : event,
        ),
      ),
  ],
  [
    'an event changed, the chain counted anew',
    /^history failed/m,
    ({ history, setHistory }) => setHistory(rechained(history().map((event) => ({ ...event, at: new Date(0) })))),
  ],
  [
    'an event changed, the chain and the index made anew',
    /^seal failed/m,
    ({ history, setHistory, reindex }) => {
      setHistory(rechained(history().map((event) => ({ ...event, at: new Date(0) }))))
      reindex()
    },
  ],
  [
    'a file added',
    /^files failed\n.*aggiunto/m,
    ({ files }) => void files.set('documenti/99-altro.txt', Buffer.from('x')),
  ],
  ['a file missing', /^files failed\n.*manca/m, ({ files, first }) => void files.delete(first('documenti/02'))],
  [
    'a document left out of the index too',
    /^completeness failed/m,
    async ({ files, first, reseal }) => {
      const path = first('documenti/02')
      files.delete(path)
      const index = indexIn(files)
      files.set(
        INDEX,
        Buffer.from(JSON.stringify({ ...index, files: index.files.filter((file) => file.path !== path) })),
      )
      await reseal()
    },
  ],
  [
    'a register entry with another number',
    /^register failed/m,
    async ({ files, edit, reindex, reseal }) => {
      const path = [...files.keys()].find((each) => /^registro\/[\d-]+\.json$/.test(each)) ?? ''
      edit(path, (text) => text.replace(/"number": \d+/, '"number": 4711'))
      reindex()
      await reseal()
    },
  ],
  [
    'a segnatura changed',
    /^register failed[^]*sigillo della segnatura/m,
    async ({ files, edit, reindex, reseal }) => {
      const path = [...files.keys()].find((each) => each.endsWith('-segnatura.xml')) ?? ''
      edit(path, (text) => text.replace('Vallechiara', 'Vallescura'))
      reindex()
      await reseal()
    },
  ],
  [
    'the seal of another file',
    /^seal failed/m,
    async ({ files, attacker }) => void files.set(SEAL, Buffer.from(await attacker.sealFile(Buffer.from('x')))),
  ],
  ['no seal at all', /^$/, ({ files }) => void files.delete(SEAL)],
  ['a seal that is none', /^seal failed/m, ({ files }) => void files.set(SEAL, Buffer.from('sigillo'))],
  ['an index that is none', /^index failed/m, ({ files }) => void files.set(INDEX, Buffer.from('{}'))],
  [
    'a name outside the folder',
    /^archive failed[^]*non è un nome ammesso/m,
    ({ files }) => void files.set('fuori.txt', Buffer.from('x')),
  ],
]
