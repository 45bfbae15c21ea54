import type { Readable } from 'node:stream'
import { zipped, type Bundle } from '../bundles/index.ts'
import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import type { Exporter, Subject } from './data-part.ts'
import { indexText } from './export-views.ts'

type Deps = Readonly<{ exporters: readonly Exporter[]; now: () => Date }>

export type PersonalData = ReturnType<typeof createPersonalData>

/** Everything that a municipality holds of a person, for that person (GDPR art. 15 c. 3, art. 20). */
export function createPersonalData({ exporters, now }: Deps) {
  /** A ZIP as a stream: JSON by kind, the documents as they are, an index to read. */
  async function make(municipality: Municipality, login: Login): Promise<Readable> {
    const at = now()
    const parts = await Promise.all(exporters.map(({ read }) => read({ municipality: municipality.id, login })))
    const texts = [
      { path: 'leggimi.txt', text: indexText({ municipality, login, parts, at }) },
      { path: 'dati/identita.json', text: json(login) },
      ...parts.map(({ name, records }) => ({ path: `dati/${name}.json`, text: json(records) })),
    ]
    const made = texts.map(({ path, text }) => {
      const content = Buffer.from(text)
      return { path, size: content.length, content }
    })
    return zipped([...made, ...parts.flatMap(({ files = [] }) => files)], at)
  }

  const open = (municipality: Municipality, login: Login): Bundle => ({
    name: 'i-miei-dati.zip',
    make: () => make(municipality, login),
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
  return { title, count: records.length }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
