import { expect } from 'chai'
import { Readable } from 'node:stream'
import { createDocuments, type Documents } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { eventually } from '../support/eventually.ts'
import { largePdf } from './files.ts'
import { place, testReceiver } from './receiver.ts'

/** Large enough to be verified from a copy on disk. */
const PDF = Buffer.concat([...largePdf(1_500_000)])

describe('files that come at once', () => {
  const room = testReceiver()
  let documents: Documents
  const begun: string[] = []
  const held = new Map<string, () => void>()
  before(() => {
    const { connection } = room.database
    // A file that is made to be slow, held until the test lets it go.
    const signing: typeof room.signing = {
      ...room.signing,
      verify: async (content, name, options) => {
        begun.push(name)
        if (name.startsWith('lento')) await new Promise<void>((release) => held.set(name, release))
        return room.signing.verify(content, name, options)
      },
    }
    documents = createDocuments({ connection, signing, now: () => new Date(), newId })
  })

  const send = (sender: string, name: string) =>
    documents.receive(Readable.from([PDF]), {
      ...place,
      sender,
      name,
      accept: ['application/pdf'],
      maxBytes: 2_000_000,
    })
  const untilHeld = (count: number) => eventually(async () => expect(held).to.have.length(count))

  it('are verified one after the other for one person, and hold up nobody else', async () => {
    const slow = ['lento-1.pdf', 'lento-2.pdf', 'lento-3.pdf']
    const hers = slow.map((name) => send('giulia', name))
    await untilHeld(1)
    const [first] = begun
    await send('marco', 'suo.pdf')
    expect(begun).to.deep.equal([first, 'suo.pdf'])
    for (let count = 1; count <= slow.length; count += 1) {
      await untilHeld(count)
      expect(begun).to.have.length(count + 1)
      held.get(begun.at(-1) ?? '')?.()
      if (count === 1) held.get(first ?? '')?.()
    }
    await Promise.all(hers)
  })
})
