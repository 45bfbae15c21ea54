import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'node-html-parser'
import { createViews } from '../../server/web/views.ts'

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
