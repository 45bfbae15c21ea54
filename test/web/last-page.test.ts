import { expect } from 'chai'
import { receiptMade, sent } from '../filings/citizen.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'

describe('a page beyond the last of a list', () => {
  const site = testPlatform()
  /** Who has a list, where it is, and what stands in it. */
  const LISTS: readonly (readonly [string, string, string])[] = [
    ['Roberta Villa', '/ufficio?elenco=da-prendere', 'Segnalazione'],
    ['Valentina Costa', '/ufficio/protocollo?flusso=entrata', 'Segnalazione'],
    ['Enrico Sala', '/ufficio/registro-accessi?dal=2026-01-01', 'SPID, livello 2'],
    ['Giulia Conti', '/area-personale/messaggi?da=menu', 'Segnalazione'],
    ['Giulia Conti', '/area-personale/consultazioni?da=menu', 'Segnalazione'],
    ['Giulia Conti', '/area-personale/pratiche?stato=tutte', 'Segnalazione'],
    ['-', '/servizi?q=segnalazione', 'Segnalazione'],
  ]

  it('is the last one', async () => {
    const { id } = await sent(site.platform, 'Giulia Conti')
    await receiptMade(site.platform, id)
    await logIn(site.platform.visitor(), 'Roberta Villa', `/ufficio/pratiche/${id}`)
    for (const [name, path, row] of LISTS) {
      const visitor = site.platform.visitor()
      if (name !== '-') await logIn(visitor, name, path)
      const first = await visitor.get(path)
      expect(first.text, path).to.include(row)
      const beyond = await visitor.get(`${path}&pagina=999`)
      expect(beyond.status, path).to.equal(200)
      expect(beyond.html.querySelector('main')?.text, path).to.equal(first.html.querySelector('main')?.text)
    }
  })
})
