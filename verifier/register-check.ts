import { verify } from '../server/signing/verify.ts'
import { descendants, parseXml, textOf } from '../server/signing/xml.ts'
import { eventsOf, type Named } from './history-check.ts'
import { jsonOf, judged, listed, member, type Check, type Opened } from './check.ts'

const AGID = 'http://www.agid.gov.it/protocollo/'

type Entry = Readonly<{ path: string; value: unknown }>

const entriesOf = (opened: Opened): Entry[] =>
  opened.index.files
    .filter(({ role }) => role === 'register-entry')
    .map(({ path }) => ({ path, value: jsonOf(opened, path) }))

const idOf = ({ value }: Entry): unknown => member(member(value, 'entry'), 'id')
const field = ({ value }: Entry, name: string): unknown => member(member(value, 'entry'), name)

/** The documents of the register's entries, by their fingerprints (DPR 445/2000 art. 53 c. 1 f). */
export const registeredDocuments = (opened: Opened): Named[] =>
  entriesOf(opened).flatMap((entry) =>
    listed(field(entry, 'documents')).map((document) => ({
      id: String(member(document, 'id')),
      sha256: String(member(document, 'sha256')),
      by: 'dal registro',
    })),
  )

/** The entries that history names are there with the same number, and each segnatura says what its entry says. */
export function checkRegister(opened: Opened): Check {
  const entries = entriesOf(opened)
  const { protocol } = opened.index.filing
  const named = eventsOf(opened).flatMap((event) => {
    const reference = member(member(event, 'data'), 'protocol')
    return reference === undefined ? [] : [reference]
  })
  const missing = named.filter((reference) => !entries.some((entry) => isOf(entry, reference)))
  const first = entries.some((entry) => isOf(entry, protocol, false))
  return judged(
    'register',
    'Registro di protocollo',
    [
      ...(first ? [] : ['Manca la registrazione con il numero della pratica.']),
      ...missing.map(() => 'Una registrazione nominata dalla storia manca o ha un altro numero.'),
      ...entries.flatMap((entry) => segnaturaDefects(opened, entry)),
    ],
    entries.length === 1
      ? '1 registrazione, uguale a quella nominata dalla storia e alla sua segnatura sigillata.'
      : `${entries.length} registrazioni, uguali a quelle nominate dalla storia e alle loro segnature sigillate.`,
  )
}

const isOf = (entry: Entry, reference: unknown, withId = true): boolean =>
  (!withId || idOf(entry) === member(reference, 'entry')) &&
  field(entry, 'number') === member(reference, 'number') &&
  field(entry, 'year') === member(reference, 'year')

function segnaturaDefects(opened: Opened, entry: Entry): string[] {
  const path = member(entry.value, 'segnatura')
  if (path === null || path === undefined) return []
  const source = typeof path === 'string' ? opened.files.get(path)?.() : undefined
  if (!source) return [`${entry.path}: la segnatura manca`]
  const { verdict, signatures } = verify({ source, name: 'segnatura.xml' }, opened.trust)
  if (verdict === 'TOTAL-FAILED' || signatures.length === 0)
    return [`${entry.path}: il sigillo della segnatura non è valido`]
  // It was read as XML already, by the check of its seal.
  return sameFacts(parseXml(source.read(0, source.size)).root, entry)
    ? []
    : [`${entry.path}: la segnatura dice altro della registrazione`]
}

function sameFacts(root: ReturnType<typeof parseXml>['root'], entry: Entry): boolean {
  const text = (name: string) => textOf(descendants(root, AGID, name)[0])
  const prints = descendants(root, AGID, 'Impronta').map((each) => Buffer.from(textOf(each), 'base64').toString('hex'))
  const registered = listed(field(entry, 'documents')).map((document) => String(member(document, 'sha256')))
  return (
    Number(text('NumeroRegistrazione')) === field(entry, 'number') &&
    text('DataRegistrazione') === field(entry, 'date') &&
    prints.sort().join() === registered.sort().join()
  )
}
