import { expect } from 'chai'
import { createAbout } from '../../server/filings/about-service.ts'
import type { Actor, Filing, FilingStore, Listed } from '../../server/filings/index.ts'
import type { Catalogue } from '../../server/procedures/index.ts'
import { testPlatform } from '../support/platform.ts'
import { CHILD, citizen, filing, FILER, NAMES, officer } from './actors.ts'
import { begunIn, REPORTED, sent } from './citizen.ts'

const fields = new Map(['/titolo', '/via'].map((pointer) => [pointer, { kind: 'text', options: [] }]))
const version = (about?: string, level = 2) => ({ about, login: { level }, form: { fields } })

/** What is said of one filing, listed without its answers, to this actor. */
async function said(change: object, actor: Actor, of: ReturnType<typeof version>): Promise<string | undefined> {
  const whole = filing({ answers: { titolo: 'Buca', via: 'Via Roma' }, ...change })
  const listed = Object.fromEntries(Object.entries(whole).filter(([field]) => field !== 'answers'))
  const about = createAbout({
    store: { find: () => Promise.resolve(whole) } satisfies Pick<FilingStore, 'find'>,
    catalogue: { version: () => Promise.resolve(of) } as unknown as Pick<Catalogue, 'version'>,
  })
  const [fromList, fromWhole] = [await about([listed as unknown as Listed], actor), await about([whole], actor)]
  expect(fromList).to.deep.equal(fromWhole)
  return fromList.get(whole.id)
}

describe('what tells filings of a list apart', () => {
  const SAYS = '{{/titolo}}, {{/via}}'
  const cases: [what: string, actor: Actor, change: Partial<Filing> | object, expected: string | undefined][] = [
    ['who filed it', citizen(FILER), {}, 'Buca, Via Roma'],
    ['who filed it, of a draft', citizen(FILER), { state: 'draft' }, 'Buca, Via Roma'],
    [
      'who filed it, of a draft half answered',
      citizen(FILER),
      { state: 'draft', answers: { titolo: 'Buca' } },
      undefined,
    ],
    ['another citizen', citizen(CHILD), {}, undefined],
    ['an officer of the office', officer('specialist'), {}, 'Buca, Via Roma'],
    ['the info point, which reads no answers', officer('info-point'), {}, undefined],
    ['an officer whom the answers name', officer('specialist'), NAMES, undefined],
  ]
  for (const [who, actor, change, expected] of cases)
    it(`is told to ${who}: ${expected ?? 'no'}`, async () =>
      expect(await said(change, actor, version(SAYS))).to.equal(expected))

  it('is nothing where the procedure says nothing, or asks for a stronger login', async () => {
    expect(await said({}, citizen(FILER), version())).to.equal(undefined)
    expect(await said({}, citizen(FILER), version(SAYS, 3))).to.equal(undefined)
  })
})

describe('what tells apart what a person sent', () => {
  const site = testPlatform()

  it('stands on the first page of their area, in their list, and where they give a mandate for one', async () => {
    const { visitor } = await sent(site.platform, 'Giulia Conti')
    const { step } = await begunIn(visitor)
    await visitor.submit(step, { ...REPORTED, 'disservizio.titolo': 'Lampione spento' }, { button: 'Avanti' })
    await begunIn(visitor)
    for (const path of ['/area-personale', '/area-personale/pratiche']) {
      const { html } = await visitor.get(path)
      const rows = html.querySelectorAll('.filing-row').map((row) => row.querySelector('.filing-row-about')?.text)
      expect(rows, path).to.have.members([
        undefined,
        'Lampione spento, Via della Stazione',
        'Buca profonda, Via della Stazione',
      ])
    }
    expect((await visitor.get('/area-personale/deleghe/nuova')).text)
      .to.match(/protocollo \d{7}\/\d{4} \(Buca profonda, Via della Stazione\)/)
      .and.not.to.include('Lampione')
  })
})
