import { expect } from 'chai'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { makePdf } from '../documents/files.ts'
import { loggedIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'

describe('papers of a power of attorney', function () {
  this.timeout(60_000)
  const site = testPlatform()
  const papers = () => site.platform.connection.collection('documents').find({ kind: 'mandate' }).toArray()
  const today = romeDate(new Date())

  /** Luca shows one by which he acts for Anna Maria. */
  async function shown(fields: Record<string, string> = {}) {
    const { visitor, page } = await loggedIn(site.platform, 'Luca Neri', '/area-personale/deleghe/procura')
    return visitor.fill(page, {
      ...{ chi: 'persona', nome: 'Anna Maria', cognome: 'Galli', codiceFiscale: 'GLLNMR42T48I921B', ambito: 'tutti' },
      ...{ dal: today, al: addDays(today, 30), ...fields },
      procura: new File([new Uint8Array(await makePdf('Procura'))], 'procura.pdf'),
    })
  }
  /** From now on the database takes no mandate but these. */
  const only = (validator: object) => site.platform.connection.db?.command({ collMod: 'mandates', validator })

  it('are not kept when the form is not complete', async () => {
    expect((await shown({ nome: '' })).status).to.equal(422)
    expect(await papers()).to.have.length(0)
  })

  it('are not kept when the mandate cannot be written', async () => {
    await only({ origin: 'online' })
    expect((await shown()).status).to.equal(500)
    expect(await papers()).to.have.length(0)
    await only({})
  })

  it('belong to the mandate that was written', async () => {
    expect((await shown()).text).to.include('In esame')
    const [paper, ...others] = await papers()
    expect(others).to.have.length(0)
    expect(paper).not.to.have.property('orphan')
    const [mandate] = await site.platform.connection.collection('mandates').find({ origin: 'document' }).toArray()
    expect(String(mandate?._id)).to.equal(paper?.['filing'])
  })
})
