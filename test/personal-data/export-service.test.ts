import { expect } from 'chai'
import type { ZippedFile } from '../../server/bundles/index.ts'
import type { Login } from '../../server/identity/index.ts'
import type { Municipality } from '../../server/municipalities/index.ts'
import { createPersonalData } from '../../server/personal-data/export-service.ts'
import { unpacked } from '../bundles/archive.ts'

const municipality = { id: 'here', name: 'Comune', pec: 'comune@pec.example' } as Municipality
const login = { person: { givenName: 'Giulia', familyName: 'Conti', key: 'k' } } as Login

describe('the archive of a person’s data', () => {
  it('begins before the filings are read, and counts at its end what they were', async () => {
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    const files: ZippedFile[] = []
    async function* records(): AsyncGenerator<object> {
      await opened
      for (const text of ['a\nb', 'c']) {
        const content = Buffer.from(text)
        files.push({ path: `documenti/${files.length}`, content })
        yield { text, lists: [[], {}] }
      }
    }
    const exporters = [
      { collections: [], read: async () => Promise.resolve({ name: 'vuoti', title: 'Vuoti', records: [] }) },
      {
        collections: [],
        read: async () => Promise.resolve({ name: 'pratiche', title: 'Pratiche', records: records(), files }),
      },
    ]
    const { make } = createPersonalData({ exporters, now: () => new Date(0) }).open(municipality, login)
    const chunks: Buffer[] = []
    for await (const chunk of (await make()) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if (Buffer.concat(chunks).includes('dati/identita.json')) open()
    }
    const archive = unpacked(Buffer.concat(chunks))
    const expected = ['a\nb', 'c'].map((text) => ({ text, lists: [[], {}] }))
    expect(archive.get('dati/pratiche.json')?.toString()).to.equal(`${JSON.stringify(expected, null, 2)}\n`)
    expect(archive.get('dati/vuoti.json')?.toString()).to.equal('[]\n')
    expect(archive.get('leggimi.txt')?.toString())
      .to.include('dati/pratiche.json: Pratiche (2, 2 documenti')
      .and.include('dati/vuoti.json: Vuoti (0)')
    expect([...archive.keys()].at(-2)).to.equal('documenti/1')
  })
})
