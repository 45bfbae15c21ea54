import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../server/errors.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { makePdf } from './files.ts'
import { at, testReceiver } from './receiver.ts'

const DAY = 86_400_000

describe('documents that came before what they belong to', () => {
  const room = testReceiver()
  const inTransaction = () => createInTransaction(room.database.connection)
  const orphan = async (text: string) => room.receive(await makePdf(text), `${text}.pdf`, { orphan: true })
  const isThere = async ({ id }: { id: string }) =>
    (await room.documents.find('vallechiara', id as never)) !== undefined
  const later = new Date(at.getTime() + 1)

  it('are erased with their bytes when nothing adopted them for a day, and not before', async () => {
    const attached = await room.receive(await makePdf('bozza'), 'bozza.pdf')
    const before = await room.stored()
    const came = await orphan('carta')
    expect(await room.documents.clean(new Date(at.getTime() - DAY))).to.equal(0)
    expect(await room.documents.clean(at), 'of this very instant').to.equal(0)
    expect(await isThere(came)).to.equal(true)
    expect(await room.documents.clean(later)).to.equal(1)
    expect(await room.stored()).to.deep.equal(before)
    expect(await isThere(attached), 'what belongs to a draft').to.equal(true)
  })

  it('stay once they are adopted, also when they are given up later', async () => {
    const came = await orphan('risposta')
    await inTransaction()((tx) => room.documents.adopt([came], tx))
    await room.documents.abandon([came])
    expect(await room.documents.clean(later)).to.equal(0)
    expect(await room.documents.find('vallechiara', came.id)).not.to.have.property('orphan')
  })

  it('are attachments that were no part of what was sent, be it that they are abandoned or that a crash left them', async () => {
    const [registered, abandoned, left] = [
      await room.receive(await makePdf('inviata'), 'inviata.pdf'),
      await room.receive(await makePdf('tolta'), 'tolta.pdf'),
      await room.receive(await makePdf('rimasta'), 'rimasta.pdf'),
    ]
    await inTransaction()((tx) => room.documents.register([registered], tx))
    await inTransaction()((tx) => room.documents.disown([registered, abandoned, left], tx))
    await room.documents.abandon([abandoned])
    expect([await isThere(abandoned), await isThere(left)]).to.deep.equal([false, true])
    expect(await room.documents.clean(later)).to.equal(1)
    expect([await isThere(registered), await isThere(left)]).to.deep.equal([true, false])
  })

  it('are orphans again when what adopted them is not written', async () => {
    const came = await orphan('annullata')
    const failed = inTransaction()(async (tx) => {
      await room.documents.adopt([came], tx)
      throw new Error('no number')
    })
    expect(await failed.catch(String)).to.match(/no number/)
    await room.documents.abandon([came])
    expect(await isThere(came)).to.equal(false)
  })

  it('stay when they are adopted while they are being erased', async () => {
    const came = await orphan('insieme')
    let cleaning: Promise<number> | undefined
    await inTransaction()(async (tx) => {
      await room.documents.adopt([came], tx)
      cleaning ??= room.documents.clean(later)
      // Long enough for the erasure to meet the record that this transaction has changed.
      await sleep(100)
    })
    expect(await cleaning).to.equal(0)
    expect(await room.documents.bytes(came)).to.have.length(came.size)
  })

  it('that were sent are removed by nobody, also not at that very moment', async () => {
    const [sent, meanwhile] = [
      await room.receive(await makePdf('inviato'), 'inviato.pdf'),
      await room.receive(await makePdf('insieme'), 'insieme.pdf'),
    ]
    let removing: Promise<boolean> | undefined
    await inTransaction()(async (tx) => {
      await room.documents.register([sent, meanwhile], tx)
      removing ??= room.documents.remove(meanwhile)
      // Long enough for the removal to meet the record that this transaction has changed.
      await sleep(100)
    })
    expect([await removing, await room.documents.remove(sent)]).to.deep.equal([false, false])
    expect([await isThere(sent), await isThere(meanwhile)]).to.deep.equal([true, true])
  })

  it('that were removed keep from being sent what names them', async () => {
    const came = await room.receive(await makePdf('tolto'), 'tolto.pdf')
    const sending = inTransaction()(async (tx) => {
      // It sees the database as it was before the removal.
      await room.documents.find('vallechiara', came.id, tx)
      await room.documents.remove(came)
      await room.documents.register([came], tx)
    })
    expect(await sending.catch((error: unknown) => (error as AppError).code)).to.equal('CONFLICT')
  })

  it('keep what would name them from being written when they were erased first', async () => {
    const came = await orphan('tardi')
    const other = await orphan('intanto')
    const late = inTransaction()(async (tx) => {
      // It sees the database as it was before the erasure.
      await room.documents.find('vallechiara', came.id, tx)
      await room.documents.clean(later)
      await room.documents.adopt([came, other], tx)
    })
    const error: unknown = await late.catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(AppError).and.to.have.property('code', 'CONFLICT')
  })
})
