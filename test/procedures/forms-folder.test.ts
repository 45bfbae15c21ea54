import { expect } from 'chai'
import { createMunicipalities } from '../../server/municipalities/index.ts'
import { createCatalogue } from '../../server/procedures/index.ts'
import { testDatabase } from '../support/database.ts'
import { IDS } from './installed.ts'

/** Run by whoever writes a procedure: unlike the other tests of this folder it names none. */
describe('the procedures in forms/', () => {
  const database = testDatabase()

  it('have no defect: a failure lists those of all files', async () => {
    const now = () => new Date('2026-11-25T09:00:00Z')
    const { connection } = database
    const municipalities = createMunicipalities({ connection, now })
    await createCatalogue({ connection, root: '.', municipalities, now })
    expect(await connection.collection('procedureversions').countDocuments()).to.be.at.least(IDS.length)
  })
})
