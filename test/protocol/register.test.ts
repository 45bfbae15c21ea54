import { expect } from 'chai'
import { createProtocol, type Protocol } from '../../server/protocol/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import type { InTransaction } from '../../server/shared/transaction.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { newEntry, vallechiara } from './sample.ts'

describe('registering', () => {
  const database = testDatabase()
  let protocol: Protocol
  let inTransaction: InTransaction
  const register = (changes?: Parameters<typeof newEntry>[0]) =>
    inTransaction((tx) => protocol.register(newEntry(changes), vallechiara, tx))

  before(async () => {
    protocol = createProtocol({ connection: database.connection, newId })
    inTransaction = createInTransaction(database.connection)
    await modelsReady(database.connection)
  })

  it('leaves no gap and no duplicate under 50 submissions at once, every fifth of which aborts', async () => {
    const at = new Date('2020-06-01T10:00:00Z')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        inTransaction(async (tx) => {
          const { number } = await protocol.register(newEntry({ at }), vallechiara, tx)
          if (i % 5 === 0) throw new Error('the filing is refused after it took its number')
          return number
        }),
      ),
    )
    const numbers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(numbers.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i + 1))
    expect(await protocol.byNumber('vallechiara', 2020, 40)).to.have.property('number', 40)
    expect(await protocol.byNumber('vallechiara', 2020, 41)).to.equal(undefined)
  })

  it('lets the transactions of a process queue for the number instead of aborting each other', async () => {
    let runs = 0
    await Promise.all(
      Array.from({ length: 20 }, () =>
        inTransaction(async (tx) => {
          runs += 1
          await protocol.register(newEntry({ at: new Date('2021-06-01T10:00:00Z') }), vallechiara, tx)
        }),
      ),
    )
    expect(runs).to.equal(20)
  })

  it('belongs to the day and year of Rome at the instant of the filing', async () => {
    const lastSecond = await register({ at: new Date('2023-12-31T22:59:58Z') })
    const firstSecond = await register({ at: new Date('2023-12-31T23:00:00Z') })
    expect(lastSecond).to.include({ year: 2023, number: 1, date: '2023-12-31' })
    expect(firstSecond).to.include({ year: 2024, number: 1, date: '2024-01-01' })
  })

  it('numbers each AOO by itself', async () => {
    const at = new Date('2019-05-05T10:00:00Z')
    const other = { ...vallechiara, id: 'montalto', ipaCode: 'c_m999', aooCode: 'Z9Y8X7W' }
    const ours = await register({ at })
    const theirs = await inTransaction((tx) => protocol.register(newEntry({ at, municipality: 'montalto' }), other, tx))
    expect(theirs.number).to.equal(1)
    expect(await protocol.find('vallechiara', theirs.id)).to.equal(undefined)
    // Of other years there are numbers 1, too.
    for (const { municipality, id } of [ours, theirs])
      expect(await protocol.byNumber(municipality, 2019, 1), municipality).to.include({ id, year: 2019 })
  })

  it('refuses an entry of another municipality', async () => {
    const error = await register({ municipality: 'altrove' }).catch((e: unknown) => e)
    expect(error).to.have.property('message').that.contains('another municipality')
  })

  it('keeps every fingerprint and party as given', async () => {
    const { id } = await register()
    const { documents, sender, recipients } = newEntry()
    expect(await protocol.find('vallechiara', id)).to.deep.include({ documents, sender, recipients })
  })

  it('keeps the number that was given while the system stood still (DPR 445/2000 art. 63)', async () => {
    const emergency = { register: 'RE-2026', number: '12', date: '2026-02-27' }
    const { id } = await register({ emergency })
    expect(await protocol.find('vallechiara', id)).to.deep.include({ emergency })
  })

  it('refuses documents without one that is primary', async () => {
    for (const primary of [false, true]) {
      const documents = newEntry().documents.flatMap((document) => [
        { ...document, primary },
        { ...document, primary },
      ])
      const error = await register({ documents }).catch((e: unknown) => e)
      expect(error).to.have.property('message').that.contains('one primary document')
    }
  })

  it('takes what came without a document', async () => {
    const { id } = await register({ documents: [] })
    expect(await protocol.find('vallechiara', id)).to.have.property('documents').that.is.empty
  })

  it('refuses at the database to give one number twice', async () => {
    const { id, ...entry } = await register()
    const again = await database.connection
      .collection('registerentries')
      .insertOne({ ...entry, _id: `${id}x` as never })
      .catch((e: unknown) => e)
    expect(again).to.have.property('code', 11000)
  })

  it('offers no way to change or delete an entry', async () => {
    const { id } = await register()
    const model = database.connection.model<{ _id: string; subject: string }>('RegisterEntry')
    const attempts: (() => PromiseLike<unknown>)[] = [
      () => model.updateOne({ _id: id }, { subject: 'x' }),
      () => model.updateMany({}, { subject: 'x' }),
      () => model.replaceOne({ _id: id }, { subject: 'x' }),
      () => model.findOneAndUpdate({ _id: id }, { subject: 'x' }),
      () => model.findOneAndDelete({ _id: id }),
      () => model.findOneAndReplace({ _id: id }, { subject: 'x' }),
      () => model.deleteOne({ _id: id }),
      () => model.deleteMany({}),
      () => model.bulkWrite([{ deleteOne: { filter: { _id: id } } }]),
      async () => (await model.findById(id).orFail()).set('subject', 'x').save(),
      async () => (await model.findById(id).orFail()).deleteOne(),
    ]
    for (const attempt of attempts) {
      const error: unknown = await (async () => {
        await attempt()
      })().catch((e: unknown) => e)
      expect(error, attempt.toString()).to.have.property('message').that.contains('append-only')
    }
    expect(await protocol.find('vallechiara', id)).to.have.property('subject', newEntry().subject)
  })
})
