import { expect } from 'chai'
import { createFilingStore } from '../../server/filings/filing-store.ts'
import type { Submitted } from '../../server/filings/filing.ts'
import { searchWords } from '../../server/protocol/index.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { sentRow } from '../support/stored-filings.ts'

describe('The search of filings by name', () => {
  const database = testDatabase()
  const stored = () => createFilingStore(database.connection)
  const person = (givenName: string, familyName: string, cf: string | null) =>
    ({ kind: 'person', givenName, familyName, cf }) as const
  const shop = { kind: 'company', name: 'Società Caffè Niccolò S.r.l.', cf: '00488410010' } as const
  const elena = person('Elena', 'Bruni', 'BRNLNE79L52L219V')
  const filed = (number: number, filer: object, rest: object = {}) => sentRow(number, { filer, ...rest })
  const filings = () => database.connection.collection('filings')
  const named = async (name: string, query: { offices?: string[]; page?: number; size?: number } = {}) => {
    const words = searchWords(name)
    return stored().named('a-municipality', {
      offices: ['an-office', 'another'],
      words,
      page: 1,
      size: 10,
      ...query,
    })
  }
  const numbers = async (...of: Parameters<typeof named>) =>
    (await named(...of)).filings.map((one) => one.protocol.number)

  beforeEach(async () => {
    stored()
    await filings().deleteMany({})
    await filings().insertMany([
      filed(1, elena),
      filed(2, elena, { principal: shop }),
      filed(3, person('Nicolò', 'D’Angelo', null), { state: 'closed', office: 'another' }),
      filed(4, elena, { office: 'a-third' }),
      filed(5, elena, { municipality: 'elsewhere' }),
    ])
    await modelsReady(database.connection)
    // As those from before there was such a search.
    await stored().makeFindable()
  })

  for (const [name, found] of [
    ['Bruni', [2, 1]],
    ['bruni ELENA', [2, 1]],
    ['Elena Rossi', []],
    ['brnlne79l52l219v', [2, 1]],
    ['caffe niccolo', [2]],
    ['00488410010', [2]],
    ['d’angelo', [3]],
    ["Nicolo' D'Angelo", [3]],
    ['Giulia', []],
    ['$where', []],
  ] as const)
    it(`finds ${found.length} for «${name}»`, async () => expect(await numbers(name)).to.deep.equal(found))

  it('finds nothing of an office that is not asked for', async () => {
    expect(await numbers('Bruni', { offices: ['a-third'] })).to.deep.equal([4])
    expect(await numbers('Bruni', { offices: [] })).to.deep.equal([])
  })

  it('keeps what it finds a filing by through its steps, and gives it to nobody', async () => {
    const filing = await stored().find('a-municipality', 'f1')
    expect(filing).to.include({ state: 'submitted' }).and.not.to.have.property('words')
    expect(await stored().replace({ ...filing, state: 'in-charge' } as Submitted)).to.equal(true)
    expect(await numbers('Bruni')).to.deep.equal([2, 1])
  })

  it('reads one page of many, and tells that they are many', async () => {
    const many = Array.from({ length: 1_100 }, (_, index) =>
      filed(index + 10, elena, { words: ['elen', 'brun'], office: index % 2 ? 'another' : 'an-office' }),
    )
    await filings().insertMany(many)
    const [find] = await profiledFinds(database.connection, () => named('Elena Bruni'), 'filings')
    expect(find).to.include({ docsExamined: 10, nreturned: 10 }).and.not.to.have.property('hasSortStage')
    await filings().insertOne(
      filed(9, { kind: 'person', givenName: 'Elena', familyName: 'Zeta', cf: null }, { words: ['elen', 'zeta'] }),
    )
    const [rare] = await profiledFinds(database.connection, () => named('Elena Zeta'), 'filings')
    expect(rare, 'looked up by the rarer word').to.include({ docsExamined: 1, nreturned: 1 })
    expect(await named('Bruni', { page: 2 })).to.include({ total: 1000, more: true })
    expect(await numbers('Bruni', { page: 2, size: 2 })).to.deep.equal([1107, 1106])
  })
})
