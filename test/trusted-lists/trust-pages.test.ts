import { expect } from 'chai'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'

describe('the administrator’s page of the trusted lists', () => {
  const context = testPlatform()

  it('shows each list with its state, and is there for nobody else', async () => {
    const visitor = context.platform.visitor()
    let page = await logIn(visitor, 'Silvia Donati', '/ufficio/liste-fiducia')
    // The worker fetches them when it starts: on a slow machine somebody may look before.
    const shown = () => page.html.querySelector('table')?.text.includes('Italia')
    while (!shown()) page = await visitor.get('/ufficio/liste-fiducia')
    expect(page.html.querySelector('.office-nav [aria-current]')?.text).to.equal('Liste di fiducia')
    expect(page.text).to.match(/Tutte le liste sono aggiornate/)
    const officer = context.platform.visitor()
    await logIn(officer, 'Chiara Moretti', '/ufficio')
    expect((await officer.get('/ufficio/liste-fiducia')).status).to.equal(404)
  })
})
