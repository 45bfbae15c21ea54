import { zipped, type Bundle, type ZippedFile } from '../bundles/index.ts'
import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { DataPart, Exporter, Subject } from './data-part.ts'
import { indexText, type Held } from './export-views.ts'

type Deps = Readonly<{ exporters: readonly Exporter[]; now: () => Date }>

export type PersonalData = ReturnType<typeof createPersonalData>

/** Everything that a municipality holds of a person, for that person (GDPR art. 15 c. 3, art. 20). */
export function createPersonalData({ exporters, now }: Deps) {
  /**
   * JSON by kind, the documents as they are, and an index to read, which comes last: it counts what was read. Each is read when it is
   * sent, so that the first bytes come at once and one filing is held at a time, though there be thousands.
   */
  async function* filesOf(municipality: Municipality, login: Login, at: Date): AsyncGenerator<ZippedFile> {
    yield textFile('dati/identita.json', `${json(login)}\n`)
    const held: Held[] = []
    for (const { read } of exporters) {
      const { name, title, records, files = [] } = await read({ municipality: municipality.id, login })
      let count = 0
      yield { path: `dati/${name}.json`, content: () => jsonList(records, () => (count += 1)) }
      yield* files
      held.push({ name, title, records: count, files: files.length })
    }
    yield textFile('leggimi.txt', indexText({ municipality, login, parts: held, at }))
  }

  const open = (municipality: Municipality, login: Login): Bundle => ({
    name: 'i-miei-dati.zip',
    make: () => {
      const at = now()
      return Promise.resolve(zipped(filesOf(municipality, login, at), at))
    },
  })

  /** What the archive would hold, by kind. */
  async function summary(
    { id: municipality }: Municipality,
    login: Login,
  ): Promise<{ title: string; count: number }[]> {
    return Promise.all(exporters.map(({ read, count = counted(read) }) => count({ municipality, login })))
  }

  return { open, summary, collections: exporters.flatMap(({ collections }) => collections) }
}

const counted = (read: Exporter['read']) => async (subject: Subject) => {
  const { title, records } = await read(subject)
  if (!Array.isArray(records)) throw new Error(`What is read as it is asked for needs a count of its own: ${title}`)
  return { title, count: records.length }
}

const textFile = (path: string, text: string): ZippedFile => ({ path, content: Buffer.from(text) })

/** The same text as of the whole list, piece by piece; `each` is told of every record. */
async function* jsonList(records: DataPart['records'], each: () => void): AsyncGenerator<Uint8Array> {
  let before = '['
  for await (const record of records) {
    each()
    yield Buffer.from(`${before}\n  ${json(record).replaceAll('\n', '\n  ')}`)
    before = ','
  }
  yield Buffer.from(before === '[' ? '[]\n' : '\n]\n')
}

const json = (value: unknown): string => JSON.stringify(value, withoutOfficersCode, 2)

/** Officers act in their office: whatever says that one did something keeps their name, and not their tax code (GDPR art. 5 c. 1 c). */
function withoutOfficersCode(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'officer') return value
  return { ...value, cf: undefined }
}
