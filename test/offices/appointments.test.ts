import { expect } from 'chai'
import type { Municipality } from '../../server/municipalities/index.ts'
import { createAppointments } from '../../server/offices/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { readDemonstration } from '../../setup/demonstration.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'

const { municipality: vallechiara } = readDemonstration(process.cwd())
const monteverde: Municipality = { ...vallechiara, id: 'monteverde', hosts: ['monteverde.example'] }
const { union, ...single } = vallechiara
const alone: Municipality = { ...single, id: 'isolato' }

const [SILVIA, TERESA, MARCO] = ['DNTSLV78D70G478C', 'RSNTRS69B48D653M', 'RNLMRC81C02D653D']
const NOW = new Date('2026-03-10T09:00:00Z')

const by = (cf: string, role: 'administrator' | 'union-administrator') => ({
  author: { kind: 'officer' as const, cf, name: 'Chi nomina', role, office: '' },
  appointments: [{ role, office: null }],
})

const form = (ruolo: string, ufficio = '') => ({
  cf: MARCO,
  nome: 'Marco',
  cognome: 'Rinaldi',
  ruolo,
  ufficio,
  dal: '2026-03-10',
  al: '',
  motivo: 'Decreto 12/2026',
})

describe('the book of appointments', () => {
  const database = testDatabase()
  let appointments: ReturnType<typeof createAppointments>

  before(async () => {
    appointments = createAppointments({ connection: database.connection, now: () => NOW, newId })
    await modelsReady(database.connection)
  })
  beforeEach(async () => {
    await database.connection.collection('appointments').deleteMany({})
    const person = { givenName: 'Nome', familyName: 'Cognome' }
    await appointments.enrol(vallechiara, [
      { cf: SILVIA, ...person, appointments: [{ role: 'administrator' }] },
      { cf: TERESA, ...person, appointments: [{ role: 'union-administrator' }] },
    ])
  })

  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      (errors) => JSON.stringify(errors),
      (error: unknown) => (error as { code: string }).code,
    )

  it('keeps who gave what, when and why, and who took it back', async () => {
    await appointments.give(vallechiara, form('specialist', 'anagrafe'), by(SILVIA, 'administrator'))
    const [given] = await appointments.ofPerson(vallechiara, MARCO)
    const end = { ultimo: '', motivo: 'Trasferito' }
    await appointments.end(vallechiara, given?.id ?? '', { form: end, by: by(TERESA, 'union-administrator') })
    const [after] = await appointments.ofPerson(vallechiara, MARCO)
    expect(after).to.deep.include({
      role: 'specialist',
      office: 'anagrafe',
      from: '2026-03-10',
      reason: 'Decreto 12/2026',
    })
    expect(after?.by).to.deep.include({ cf: SILVIA, role: 'administrator' })
    expect(after?.ended).to.deep.include({ reason: 'Trasferito', lastDay: null })
    expect(after?.ended?.by).to.deep.include({ cf: TERESA })
  })

  it('cannot be changed', async () => {
    const model = database.connection.model('Appointment')
    const whyNot = (change: Promise<unknown>) => change.then(() => 'changed', String)
    expect(await whyNot(model.updateOne({}, { role: 'administrator' }).exec())).to.match(/append-only/)
    expect(await whyNot(model.deleteMany({}).exec())).to.match(/append-only/)
  })

  it('of an administrator is that of their own municipality, of the union’s that of all', async () => {
    const there = await appointments.all(monteverde)
    expect(there.map(({ cf }) => cf)).to.deep.equal([TERESA])
    expect(await appointments.give(monteverde, form('administrator'), by(TERESA, 'union-administrator'))).to.deep.equal(
      {},
    )
    expect(await appointments.ofPerson(monteverde, MARCO)).to.have.length(1)
    expect(await appointments.ofPerson(vallechiara, MARCO)).to.have.length(0)
    expect(await appointments.all(alone)).to.have.length(0)
  })

  it('is in a union', () => expect(union?.id).to.equal('valli-chiare'))

  it('takes no role of the union from an administrator, nor where there is no union', async () => {
    const wanted = form('union-administrator')
    expect(await codeOf(appointments.give(vallechiara, wanted, by(SILVIA, 'administrator')))).to.equal('NOT_ALLOWED')
    expect(await codeOf(appointments.give(alone, wanted, by(TERESA, 'union-administrator')))).to.equal('NOT_ALLOWED')
    expect(await appointments.give(vallechiara, wanted, by(TERESA, 'union-administrator'))).to.deep.equal({})
    expect(await appointments.ofPerson(monteverde, MARCO), 'in every member').to.have.length(1)
  })

  it('leaves an administrator when two end each other at once', async () => {
    const only = { ...alone, id: 'due' }
    const person = { givenName: 'Nome', familyName: 'Cognome', appointments: [{ role: 'administrator' as const }] }
    await appointments.enrol(
      only,
      [SILVIA, MARCO].map((cf) => ({ cf, ...person })),
    )
    const all = await appointments.all(only)
    const end = { ultimo: '', motivo: 'Lite' }
    const results = await Promise.all(
      all.map(({ id, cf }) =>
        codeOf(appointments.end(only, id, { form: end, by: by(cf === SILVIA ? MARCO : SILVIA, 'administrator') })),
      ),
    )
    expect(results.sort()).to.deep.equal(['CONFLICT', '{}'])
  })

  it('gives nothing back to who was known when the file is read again', async () => {
    const given = (await appointments.all(vallechiara)).find(({ cf }) => cf === SILVIA)
    const end = { ultimo: '', motivo: 'Pensionata' }
    await appointments.end(vallechiara, given?.id ?? '', { form: end, by: by(TERESA, 'union-administrator') })
    const source = {
      cf: SILVIA,
      givenName: 'Silvia',
      familyName: 'Donati',
      appointments: [{ role: 'administrator' as const }],
    }
    expect(await appointments.enrol(vallechiara, [source])).to.equal(0)
    expect((await appointments.ofPerson(vallechiara, SILVIA)).every(({ ended }) => ended !== null)).to.equal(true)
  })
})
