import { expect } from 'chai'
import { loggedIn } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

const MINE = '/area-personale/i-miei-dati'
const VALENTINA = 'CSTVNT80A65F839C'

/** An entry of the desk’s menu, as it is read aloud. */
const entryOf = ({ html }: Page, text: string): string =>
  html
    .querySelectorAll('.office-nav .section-tabs a')
    .map((link) => link.text.replace(/\s+/g, ' '))
    .find((entry) => entry.startsWith(text)) ?? ''

/** The menu as a telephone shows it until it is opened. */
const closedMenu = ({ html }: Page): string =>
  html.querySelector('.office-nav summary')?.text.replace(/\s+/g, ' ').trim() ?? ''

describe('what the menu of the desk counts', () => {
  const site = testPlatform()
  const deskOf = async (name: string): Promise<Page> => (await loggedIn(site.platform, name, '/ufficio')).page

  it('of mandates on paper: those that wait for this reviewer', async () => {
    const paper = (id: string, more: object = {}) => ({
      _id: id,
      municipality: 'vallechiara',
      origin: 'document',
      review: 'waiting',
      revokedAt: null,
      events: [],
      principal: {},
      principalKey: 'A',
      proxy: {},
      proxyKey: 'B',
      scope: {},
      from: '',
      to: '',
      ...more,
    })
    expect(entryOf(await deskOf('Valentina Costa'), 'Procure')).to.equal('Procure')
    const mandates = site.platform.connection.collection('mandates')
    const others = [paper('revoked', { revokedAt: new Date() }), paper('approved', { review: 'approved' })]
    const own = [paper('given', { principalKey: VALENTINA }), paper('had', { proxyKey: VALENTINA })]
    await mandates.insertMany([paper('waiting'), ...others, ...own] as never[])
    const counted = await deskOf('Valentina Costa')
    expect(entryOf(counted, 'Procure')).to.equal('Procure 1 in attesa')
    expect(closedMenu(counted)).to.equal('Scrivania: Registro di protocollo Procure 1 in attesa')
    expect(entryOf(await deskOf('Roberta Villa'), 'Procure'), 'who is named in none').to.equal('Procure 3 in attesa')
    expect(entryOf(await deskOf('Matteo Longo'), 'Procure'), 'who reviews none').to.equal('')

    await mandates.insertMany(Array.from({ length: 200 }, (_, index) => paper(`many-${index}`)) as never[])
    expect(entryOf(await deskOf('Valentina Costa'), 'Procure'), 'no more than a glance').to.equal(
      'Procure 99+ in attesa',
    )
  })

  it('of corrections: those that wait for this officer’s answer', async () => {
    const asked = { dato: 'Telefono', errato: 'Manca una cifra.', corretto: '075 5550100' }
    for (const name of ['Giulia Conti', 'Laura Sforza']) {
      const { visitor, page } = await loggedIn(site.platform, name, `${MINE}/rettifica`)
      await visitor.submit(page, asked)
    }
    const { visitor: laura, page } = await loggedIn(site.platform, 'Laura Sforza', '/ufficio/rettifiche')
    expect(entryOf(page, 'Rettifiche')).to.equal('Rettifiche 1 in attesa')
    const answer = { risposta: 'Corretto.' }
    const form = await laura.follow(page, /^n\. /)
    const list = await laura.submit(form, answer, { button: 'Il dato è stato corretto' })
    expect(entryOf(list, 'Rettifiche'), 'none but her own is left').to.equal('Rettifiche')
  })
})
