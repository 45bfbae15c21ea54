import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import {
  createMunicipalities,
  officeOf,
  type Municipality,
  type ServiceNotice,
} from '../../server/municipalities/index.ts'
import { isDatabaseAway } from '../../server/shared/database-failure.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { siteAddress } from '../../server/shared/site-address.ts'
import { connectImpatiently, wayToDatabase } from '../support/database-way.ts'
import { testDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

const demo = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality
const second: Municipality = {
  ...demo,
  id: 'montelago',
  name: 'Comune di Montelago',
  ipaCode: 'c_x998',
  hosts: ['servizi.montelago.example'],
}

describe('municipalities', () => {
  const database = testDatabase()
  let at = new Date('2026-03-02T09:00:00Z')
  const rooms = () => createMunicipalities({ connection: database.connection, now: () => at })
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error as Error,
    )

  beforeEach(async () => {
    await database.connection.collection('municipalities').deleteMany({})
    await rooms().save(demo)
  })

  it('come back as they were saved', async () => {
    expect(await rooms().byId('vallechiara')).to.deep.equal(demo)
    expect(officeOf(demo, 'anagrafe').responsible.name).to.equal('Roberta Villa')
  })

  it('answer on every name while there is only one, and on their own when there are two', async () => {
    const municipalities = rooms()
    expect((await municipalities.byHost('any.example'))?.id).to.equal('vallechiara')
    await municipalities.save(second)
    expect(await municipalities.byHost('any.example')).to.equal(undefined)
    expect((await municipalities.byHost('Servizi.Montelago.example'))?.id).to.equal('montelago')
  })

  it('cannot share a host', async () => {
    const error = await failure(rooms().save({ ...second, hosts: ['localhost'] }))
    expect(error?.message).to.match(/duplicate key/)
  })

  it('show within seconds what another process changed', async () => {
    const one = rooms()
    await one.byId('vallechiara')
    await rooms().save({ ...demo, tagline: 'Nuovo motto' })
    expect((await one.byId('vallechiara')).tagline).to.equal(demo.tagline)
    at = new Date(at.getTime() + 6_000)
    expect((await one.byId('vallechiara')).tagline).to.equal('Nuovo motto')
  })

  it('are in a transaction as they stand there, also what another process changed a moment ago', async () => {
    const one = rooms()
    await one.byId('vallechiara')
    await rooms().save({ ...demo, tagline: 'Nuovo motto' })
    const inside = (id: string) => createInTransaction(database.connection)((transaction) => one.byId(id, transaction))
    expect(await inside('vallechiara')).to.deep.equal({ ...demo, tagline: 'Nuovo motto' })
    expect(await failure(inside('atlantide'))).to.have.property('code', 'NOT_FOUND')
  })

  describe('while the database is away', () => {
    const later = () => (at = new Date(at.getTime() + 6_000))

    async function behindAWay() {
      const { way, uri, close } = await wayToDatabase(database.connection.name)
      const connection = await connectImpatiently(uri)
      const there = createMunicipalities({ connection, now: () => at })
      return { way, there, stop: () => connection.close().then(close) }
    }

    it('are as they were last read, at once from the second time on, and again as they are when it is back', async () => {
      const { way, there, stop } = await behindAWay()
      try {
        await there.byId('vallechiara')
        way.hangs = true
        later()
        expect((await there.byHost('any.example'))?.id).to.equal('vallechiara')
        await rooms().save({ ...demo, tagline: 'Nuovo motto' })
        later()
        const asked = there.byId('vallechiara').then(({ tagline }) => tagline)
        expect(await Promise.race([asked, new Promise((resolve) => setImmediate(resolve))])).to.equal(demo.tagline)
        way.hangs = false
        // Nobody is kept waiting for the answer, so the first who ask are given the old ones.
        await eventually(async () => {
          later()
          expect((await there.byId('vallechiara')).tagline).to.equal('Nuovo motto')
        })
      } finally {
        await stop()
      }
    })

    it('are not there if they were never read', async () => {
      const { way, there, stop } = await behindAWay()
      try {
        way.hangs = true
        expect(isDatabaseAway(await failure(there.byId('vallechiara')))).to.equal(true)
      } finally {
        await stop()
      }
    })
  })

  it('say what their union is to SPID, and what is wrong in it', async () => {
    const spid = {
      profile: 'pub-ag-full' as const,
      vat: demo.cf,
      cf: demo.cf,
      phone: '075 1',
      email: 'unione@valle.example',
      website: 'https://www.valle.example',
    }
    const withUnion = (part: object): Municipality => ({
      ...demo,
      union: { id: 'valle', name: 'Unione della Valle', spid: { ...spid, ...part } },
    })
    await rooms().save(withUnion({}))
    expect((await rooms().byId('vallechiara')).union?.spid).to.deep.equal(spid)
    const wrong = await failure(
      rooms().save(withUnion({ profile: 'pub-ag-lite', vat: '1', validationCertificate: 'x' })),
    )
    expect(wrong?.message).to.contain('union.spid.vat').and.contain('union.spid.validationCertificate')
    const unknown = await failure(rooms().save(withUnion({ profile: 'pri-ag-full' })))
    expect(unknown?.message).to.contain('union.spid.profile')
  })

  it('are refused with all defects at once', async () => {
    const wrong = {
      ...demo,
      name: 'C'.repeat(3_000),
      cf: '99000000999',
      istatCode: '54',
      hosts: [],
      offices: [...demo.offices, demo.offices[0]!],
    }
    const error = await failure(rooms().save(wrong))
    expect(error?.message.split('\n')).to.have.length(6)
    expect(error?.message)
      .to.include('name ha da 1 a 200 caratteri')
      .and.include('istatCode ha sei cifre (è «54»)')
      .and.include('l’ufficio anagrafe c’è due volte')
  })

  const closed = { procedure: 'ztl', status: 'suspended', reason: 'Cambiamo programma.' } as const
  const inTurn = [
    closed,
    { office: 'anagrafe', status: 'suspended', reason: 'Trasloco.', from: '2026-12-01', to: '2026-12-01' },
    { procedure: 'bando', status: 'scheduled', reason: 'Prende il via il bando.', from: '2026-12-01' },
    { procedure: 'bando', status: 'ended', reason: 'Il bando è chiuso.', from: '2027-01-01' },
    { procedure: 'vecchio', status: 'ended', reason: 'Lo ha sostituito un altro.' },
  ] as const

  it('say which services take no requests', async () => {
    await rooms().save({ ...demo, services: inTurn })
    expect((await rooms().byId(demo.id)).services).to.deep.equal(inTurn)
  })

  for (const [rule, wrong] of [
    ['nomina una procedura', { office: 'anagrafe' }],
    ['nomina una procedura', { procedure: undefined }],
    ['office è uno degli uffici', { procedure: undefined, office: 'ufficio-ovni' }],
    ['status è suspended', { status: 'chiuso' }],
    ['reason ha da 1 a 500', { reason: ' ' }],
    ['reason ha da 1 a 500', { reason: 'a'.repeat(501) }],
    ['reason ha da 1 a 500', { reason: undefined }],
    ['sono giorni', { from: '1/12/2026' }],
    ['sono giorni', { to: '2026-02-30' }],
    ['il giorno dell’apertura', { status: 'scheduled' }],
    ['solo una sospensione ha un ultimo giorno', { status: 'ended', to: '2026-12-31' }],
    ['to non viene prima di from', { from: '2026-12-02', to: '2026-12-01' }],
  ] as const)
    it(`are refused where a notice about a service is wrong: ${rule}, with ${JSON.stringify(wrong)}`, async () => {
      const services = [...inTurn, { ...closed, ...wrong } as unknown as ServiceNotice]
      const error = await failure(rooms().save({ ...demo, services }))
      expect(error?.message.split('\n').slice(1)).to.have.length(1)
      expect(error?.message).to.include(`services[${inTurn.length}]`).and.include(rule)
    })

  it('have an address of their own, on a host of their own', async () => {
    const publicAddress = 'https://servizi.montelago.example'
    await rooms().save({ ...second, publicAddress })
    const member = await rooms().byId('montelago')
    expect(siteAddress(member, 'https://servizi.unione.example')).to.equal(publicAddress)
    expect(siteAddress(demo, 'https://servizi.unione.example')).to.equal('https://servizi.unione.example')
    for (const wrong of [
      `${publicAddress}/`,
      'http://servizi.montelago.example',
      'https://altrove.example',
      'montelago',
    ])
      expect((await failure(rooms().save({ ...second, publicAddress: wrong })))?.message, wrong).to.include(
        'publicAddress è https://',
      )
  })

  it('keep who looked at whose data for six months at least', async () => {
    expect((await failure(rooms().save({ ...demo, consultationMonths: 5 })))?.message).to.include('almeno 6')
    expect((await failure(rooms().save({ ...demo, residents: 0.5 })))?.message).to.include(
      'residents è un numero intero',
    )
    await rooms().save({ ...demo, consultationMonths: 36 })
    expect(await rooms().byId(demo.id)).to.have.property('consultationMonths', 36)
    await rooms().save(demo)
  })

  it('that are unknown are not found', async () => {
    expect(await failure(rooms().byId('atlantide'))).to.have.property('code', 'NOT_FOUND')
  })
})
