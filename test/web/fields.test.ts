import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'node-html-parser'
import { buildAssets } from '../../server/web/assets.ts'
import { createViews } from '../../server/web/views.ts'
import { testBrowser } from '../support/browser.ts'

describe('the ring around what the keyboard is at', () => {
  const browser = testBrowser()

  it('is drawn on fields, lists and buttons, also in the colours that a person has forced', async () => {
    const folder = (await buildAssets(process.cwd())).replace('/assets', '.assets')
    const tab = await browser.visit({ javascript: true, width: 1280 })
    await tab.emulateMedia({ forcedColors: 'active' })
    await tab.setContent(`<style>${readFileSync(join(folder, 'style.css'), 'utf8')}</style>
      <input class="header-search-input"><input class="form-control"><a class="btn btn-primary" href="#a">Avanti</a>
      <div class="select-wrapper"><select><option>Uno</option></select></div><button class="btn btn-outline-primary">No</button>`)
    for (const element of ['INPUT', 'INPUT', 'A', 'SELECT', 'BUTTON']) {
      await tab.keyboard.press('Tab')
      const ring = await tab.evaluate<string>(
        'document.activeElement.tagName + " " + getComputedStyle(document.activeElement).outlineStyle',
      )
      expect(ring).to.equal(`${element} solid`)
    }
  })
})

describe('the fields of the desk', () => {
  const views = createViews(process.cwd())

  it('mark a field as required where they require it', () => {
    const byHand = readdirSync('templates', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.hbs'))
      .filter((name) => / \*("|<\/label>)/.test(readFileSync(join('templates', name), 'utf8')))
    expect(byHand, 'the asterisk of components/forms/asterisk comes with `required`').to.deep.equal([])
    const field = { name: 'cf', label: 'Codice fiscale', required: true }
    for (const name of ['office-field', 'office-text']) {
      const html = parse(views.render(`components/${name}`, field))
      expect([html.querySelector('label')?.text, html.querySelectorAll('[required]').length], name).to.deep.equal([
        'Codice fiscale *',
        1,
      ])
    }
    const day = parse(views.render('components/office-field', { ...field, type: 'date' }))
    expect(day.querySelector('[maxlength]'), 'not for a date (HTML 4.10.5.1.7)').to.equal(null)
  })
})
