import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMunicipalities, type Municipality } from '../../server/municipalities/index.ts'
import { main } from '../../setup/municipality.ts'
import { testDatabase } from '../support/database.ts'

const demo = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality

describe('npm run municipality', () => {
  const database = testDatabase()
  const { MONGODB_URI } = process.env
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'municipality-'))
    const uri = new URL(process.env['TEST_MONGODB_URI'] ?? '')
    uri.pathname = database.connection.name
    process.env['MONGODB_URI'] = uri.href
  })
  after(() => {
    rmSync(folder, { recursive: true })
    if (MONGODB_URI === undefined) delete process.env['MONGODB_URI']
    else process.env['MONGODB_URI'] = MONGODB_URI
  })

  function saved(services: Municipality['services']): Promise<number> {
    const file = join(folder, 'municipality.json')
    writeFileSync(file, JSON.stringify({ ...demo, services }))
    return main([file])
  }
  const stored = () => createMunicipalities({ connection: database.connection, now: () => new Date() }).byId(demo.id)

  it('closes a service and opens it again', async () => {
    const closed = { procedure: 'accesso-documentale', status: 'suspended', reason: 'Trasloco.' } as const
    await saved([closed])
    expect((await stored()).services).to.deep.equal([closed])
    await saved(undefined)
    expect(await stored()).to.deep.equal(demo)
  })

  it('saves nothing when it does not know a service: what should be closed would stay open', async () => {
    const error = await saved([{ procedure: 'acceso-documentale', status: 'ended', reason: 'Chiuso.' }]).catch(
      (failure: unknown) => failure,
    )
    expect(error).to.include({
      name: 'SetupProblem',
      message: '«services» nomina servizi che nessun ufficio del comune offre: acceso-documentale.',
    })
    expect(await stored()).to.deep.equal(demo)
  })
})
