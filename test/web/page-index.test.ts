import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { buildAssets } from '../../server/web/assets.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { testBrowser, type Visit } from '../support/browser.ts'

describe('the index of a page', () => {
  const browser = testBrowser()

  /** As drawn before the script of the page runs, or if it never does. */
  async function drawn(visit: Visit) {
    const folder = (await buildAssets(process.cwd())).replace('/assets', '.assets')
    const index = viewsBelow(process.cwd()).render('components/page-index', {
      heading: 'Indice della pagina',
      entries: [{ href: '#contatti', text: 'Contatti' }],
    })
    const tab = await browser.visit(visit)
    await tab.setContent(`<style>${readFileSync(join(folder, 'style.css'), 'utf8')}</style>${index}`)
    return { summary: tab.locator('summary'), entry: tab.getByRole('link', { name: 'Contatti' }) }
  }

  it('is not drawn open on a phone where a script closes it: the text below would jump', async () => {
    const { summary, entry } = await drawn({ javascript: true, width: 360 })
    expect(await entry.isVisible()).to.equal(false)
    await summary.click()
    await summary.click()
    expect(await entry.isVisible(), 'opened by hand, should the script never come').to.equal(true)
  })

  it('is open on a wide screen, and where there are no scripts', async () => {
    for (const visit of [
      { javascript: true, width: 1280 },
      { javascript: false, width: 360 },
    ] as const)
      expect(await (await drawn(visit)).entry.isVisible(), JSON.stringify(visit)).to.equal(true)
  })
})
