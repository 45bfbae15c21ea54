import { expect } from 'chai'
import { AppError } from '../../server/errors.ts'
import { documentPool } from '../../server/documents/document-pool.ts'
import { makePdf } from './files.ts'
import { createSigner } from './openssl.ts'

describe('the threads that draw documents and take them apart', () => {
  const limits = { threads: 1, time: 60_000, memory: 256, idle: 100 }
  // No thread is there within a millisecond.
  const late = documentPool({ ...limits, time: 1 })
  const letterhead = { name: 'Comune di Vallechiara', office: 'Ufficio tecnico', lines: [] }
  const paper = { title: 'Atto', author: 'Comune', issuedAt: new Date(), footer: 'Atto', letterhead, parts: [] }
  const signer = createSigner()
  after(() => signer.remove())

  it('give up a document of ours that takes too long, for whoever waits to try again', async () => {
    for (const work of [() => late.drawn(paper), () => late.inFaces(['Prot. n. 1'])]) {
      const failure: unknown = await work().catch((error: unknown) => error)
      expect(failure).to.be.instanceOf(AppError).with.property('code', 'UPSTREAM_UNAVAILABLE')
      expect((failure as AppError).explanation).to.include('Riprova tra qualche minuto')
    }
  })

  it('cannot open a p7m that takes too long, and open the next one', async () => {
    const pdf = await makePdf('Atto')
    const p7m = signer.sign(pdf)
    expect(await late.contentOf(p7m)).to.equal(undefined)
    expect(Buffer.from((await documentPool(limits).contentOf(p7m)) ?? [])).to.deep.equal(pdf)
  })
})
