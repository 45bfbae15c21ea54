import { expect } from 'chai'
import { begun, REPORTED } from '../filings/citizen.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page } from '../support/visitor.ts'

/** The phases with the mark of what was passed, and those that can be opened. */
function phases({ html }: Page) {
  const all = html.querySelectorAll('.steppers-header li')
  const title = (item: (typeof all)[number]) => item.querySelector('.steppers-number')?.nextElementSibling?.text ?? ''
  return {
    passed: all.filter(({ classList }) => classList.contains('confirmed')).map(title),
    open: all.filter((item) => item.querySelector('a')).map(title),
  }
}

describe('the way through a request', () => {
  const site = testPlatform()
  const [consent, report, author] = ['Autorizzazioni e condizioni', 'Dati di segnalazione', 'Autore della segnalazione']

  it('marks what was passed, saves on every page of it, and leads back to the summary after a change', async () => {
    const { visitor, step, id } = await begun(site.platform, 'Giulia Conti')
    // Its second step holds nothing but what the login told: complete, and not seen yet.
    const saved = await visitor.submit(step, REPORTED, { button: 'Salva richiesta' })
    expect(phases(saved)).to.deep.equal({ passed: [consent], open: [author] })

    expect((await visitor.get(`/pratiche/${id}`)).url, 'taken up again').to.match(/\/modulo\/autore$/)
    const second = await visitor.submit(saved, {}, { button: 'Avanti' })
    expect(phases(second)).to.deep.equal({ passed: [consent, report], open: [report] })

    const summary = await visitor.submit(second, {}, { button: 'Avanti' })
    expect(phases(summary)).to.deep.equal({ passed: [consent, report, author], open: [report, author] })

    const kept = await visitor.submit(summary, {}, { button: 'Salva richiesta' })
    expect(kept.url).to.match(/\/riepilogo\?salvata$/)
    expect((await visitor.get(`/pratiche/${id}`)).url).to.match(/\/riepilogo$/)
    expect(kept.text).to.match(/Bozza salvata (?:il |l’)\d\d\/\d\d\/\d{4}/)

    const again = await visitor.follow(kept, /^Modifica Dati di segnalazione/)
    expect(phases(again)).to.deep.equal({ passed: [consent, author], open: [author] })
    const wrong = await visitor.submit(again, { 'disservizio.titolo': '' }, { button: 'Avanti' })
    expect(wrong.status).to.equal(422)
    const changed = await visitor.submit(wrong, { 'disservizio.titolo': 'Voragine' }, { button: 'Avanti' })
    expect(changed.url).to.match(/\/riepilogo$/)
    expect(changed.text).to.include('Voragine')
  })
})
