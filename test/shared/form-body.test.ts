import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { shownErrors } from '../../server/shared/form-body.ts'

describe('what is wrong on a page', () => {
  it('is told at its head in the same words on every page, each problem leading to its field', () => {
    expect(shownErrors({}).errorSummary).to.equal(null)
    expect(shownErrors({ cf: 'Scrivi il codice fiscale' }).errorSummary).to.deep.equal({
      title: 'C’è un problema',
      items: [{ href: '#cf', message: 'Scrivi il codice fiscale' }],
    })
    expect(shownErrors({ cf: 'A', nome: 'B' }).errorSummary?.title).to.equal('Ci sono 2 problemi')
  })

  it('is drawn in one place', () => {
    const templates = readdirSync('templates', { recursive: true, encoding: 'utf8' })
    const drawn = templates.filter(
      (name) => name.endsWith('.hbs') && readFileSync(`templates/${name}`, 'utf8').includes('error-summary-title'),
    )
    expect(drawn).to.deep.equal(['components/error-summary.hbs'])
  })
})
