import { expect } from 'chai'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMunicipalities, type Municipality } from '../../server/municipalities/index.ts'
import { municipalityIn, officersIn } from '../../setup/municipality-file.ts'
import { main } from '../../setup/municipality.ts'
import { changeLines } from '../../setup/service-changes.ts'
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

  const saved = (services: Municipality['services']): Promise<number> => run({ ...demo, services })

  function run(...contents: readonly unknown[]): Promise<number> {
    const files = contents.map((content, at) => {
      const file = join(folder, `${at}.json`)
      writeFileSync(file, JSON.stringify(content))
      return file
    })
    return main(files)
  }
  const failure = (running: Promise<unknown>): Promise<unknown> => running.catch((error: unknown) => error)
  const municipalities = () => createMunicipalities({ connection: database.connection, now: () => new Date() })
  const stored = () => municipalities().byId(demo.id)

  it('closes a service and opens it again, and it can be told later when, and by whom', async () => {
    const closed = { procedure: 'accesso-documentale', status: 'suspended', reason: 'Trasloco.' } as const
    await saved([closed])
    expect((await stored()).services).to.deep.equal([closed])
    await saved([{ ...closed }])
    await saved(undefined)
    expect(await stored()).to.deep.equal(demo)
    const changes = await municipalities().serviceChanges(demo.id)
    expect(
      changes.map(({ services }) => services),
      'what is said once more is no change',
    ).to.deep.equal([[closed], []])
    expect(changes[0]?.by).to.match(/^\S+@\S+, .*0\.json$/)
    const lines = changeLines(changes)
    expect(lines[0]).to.match(/^\d{2}\/\d{2}\/\d{4}.*0\.json$/)
    expect([lines[1], lines[3]]).to.deep.equal([
      '  accesso-documentale suspended: Trasloco.',
      '  nessun avviso: i servizi sono aperti',
    ])
    expect(await failure(main(['--storico', 'atlantide']))).to.have.property('name', 'SetupProblem')
    expect(await main(['--storico', demo.id])).to.equal(0)
  })

  it('saves nothing when it does not know a service: what should be closed would stay open', async () => {
    const error = await failure(saved([{ procedure: 'acceso-documentale', status: 'ended', reason: 'Chiuso.' }]))
    expect(error).to.include({
      name: 'SetupProblem',
      message: '«services» nomina servizi che nessun ufficio del comune offre: acceso-documentale.',
    })
    expect(await stored()).to.deep.equal(demo)
  })

  it('says in one sentence each what is wrong in a file, and changes nothing', async () => {
    const services = [null, 7, { procedure: 'accesso-documentale', status: 'ended', reason: 'Chiuso.', from: 20261224 }]
    const wrong = await failure(run({ ...demo, services, phone: undefined, telefono: '075' }))
    expect(wrong).to.have.property('name', 'SetupProblem')
    expect((wrong as Error).message.split('\n').slice(1)).to.deep.equal([
      '- Manca «phone».',
      '- «telefono» non è un campo previsto: forse il nome è scritto male.',
      '- «services[0]» deve essere un gruppo di campi tra parentesi graffe (è null).',
      '- «services[1]» deve essere un gruppo di campi tra parentesi graffe (è 7).',
      '- «services[2].from» deve essere un testo tra virgolette (è 20261224).',
    ])
    const officer = { cf: 'MRTCHR83B57G478P', givenName: 'Chiara', familyName: 'Moretti' }
    const appointments = [
      { role: 'specialist', office: 'anagrafi' },
      { role: 'auditor', office: 'anagrafe' },
    ]
    const unknown = await failure(run({ ...demo, tagline: 'Nuovo' }, [{ ...officer, appointments }]))
    expect((unknown as Error).message.split('\n').slice(1)).to.have.length(3)
    const elsewhere = await failure(run({ ...demo, id: 'altrove' }))
    expect((elsewhere as Error).message).to.match(/^Uno di questi host è già di un altro comune/)
    expect(await stored()).to.deep.equal(demo)
  })
})

describe('the files of a municipality, whatever stands in any place of them', () => {
  const officers = JSON.parse(readFileSync('setup/demo/officers.json', 'utf8')) as object[]
  const notices = [
    {
      procedure: 'accesso-documentale',
      status: 'suspended',
      reason: 'Trasloco.',
      from: '2026-12-01',
      to: '2026-12-02',
    },
  ]
  const spid = {
    profile: 'pub-ag-full',
    vat: demo.cf,
    cf: demo.cf,
    phone: '1',
    email: 'a@b.it',
    website: 'https://b.it',
  }
  const full = { ...demo, services: notices, consultationMonths: 24, union: { id: 'valle', name: 'Valle', spid } }
  const anything = [null, 0, 1.5, true, '', ' ', 'x', [], [null], [[]], [7], {}, { x: null }]

  /** Every place of a value, as the keys that lead there. */
  const places = (value: unknown): string[][] =>
    typeof value !== 'object' || value === null
      ? [[]]
      : [[], ...Object.entries(value).flatMap(([key, part]) => places(part).map((rest) => [key, ...rest]))]

  function withAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
    if (key === undefined) return other
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
      string,
      unknown
    >
    copy[key] = withAt(copy[key], rest, other)
    return copy
  }

  function isTakenOrTold(read: () => unknown): void {
    try {
      read()
    } catch (error) {
      const { name, message } = error as Error
      expect(name, message).to.equal('SetupProblem')
      expect(message).to.match(/^«f\.json» non si può usare e non ho cambiato niente:(\n- .+)+$/)
    }
  }

  it('are taken or told in sentences', () => {
    expect(municipalityIn('f.json', full)).to.equal(full)
    expect(officersIn('f.json', officers, demo)).to.equal(officers)
    for (const other of anything) {
      for (const at of places(full)) isTakenOrTold(() => municipalityIn('f.json', withAt(full, at, other)))
      for (const at of places(officers.slice(0, 2)))
        isTakenOrTold(() => officersIn('f.json', withAt(officers.slice(0, 2), at, other), demo))
    }
  })
})
