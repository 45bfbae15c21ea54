import { expect } from 'chai'
import { anomalyOf } from '../../server/identity/anomaly.ts'
import { testDatabase } from '../support/database.ts'
import { ANOMALIES, anomalyResponse, factsFor } from '../support/identity-provider/index.ts'
import {
  begin,
  makeProvider,
  personalArea,
  PUBLIC_ADDRESS,
  responseTo,
  startPlatform,
  type Platform,
} from './platform.ts'

/** What the page must say (spid-cie.md §5): the person's reasons in words, the technical ones by their code. */
const SAYS: Record<number, string> = {
  19: 'hai superato il numero di tentativi con credenziali errate',
  20: 'non raggiungono il livello di sicurezza richiesto',
  21: 'Il tempo per completare l’autenticazione è scaduto',
  22: 'Non hai autorizzato l’invio dei dati necessari',
  23: 'sospesa, revocata o bloccata',
  25: 'Hai annullato l’autenticazione',
  30: 'identità digitale di tipo diverso',
}

describe('a login that the provider refuses', () => {
  const database = testDatabase()
  const provider = makeProvider('https://idp.one.example')
  let platform: Platform

  before(async () => {
    platform = await startPlatform(database.connection, { providers: [provider] })
  })
  after(async () => platform.stop())

  for (const anomaly of ANOMALIES) {
    it(`nr${anomaly.number} ${anomaly.label}: a page that says why, with the way on`, async () => {
      const browser = platform.browser()
      const request = await begin(browser, provider, { returnTo: '/pratiche/1' })
      const answer = await browser.post('/spid/acs', { SAMLResponse: refusal(request.id, anomaly) })
      expect([answer.status, answer.headers.get('cache-control')]).to.deep.equal([403, 'no-store'])
      const code = `codice ${String(anomaly.number).padStart(2, '0')}`
      const page = answer.text.replaceAll('&#x3D;', '=')
      expect(page).to.include(SAYS[anomaly.number] ?? code)
      expect(page).to.match(/href="\/accesso\/spid\?livello=2&amp;ritorno=%2Fpratiche%2F1&amp;idp=[^"]+"[^>]*>Riprova</)
      expect(page).to.match(/href="\/accesso\?livello=2&amp;ritorno=%2Fpratiche%2F1">Scegli un altro gestore</)
      expect(await personalArea(browser)).to.equal(undefined)
    })
  }

  it('is known by its number, however a provider writes it', () => {
    const of = (message: string) => anomalyOf({ code: 'x', message })?.code
    expect(['ErrorCode nr19', 'errorcode NR19', 'ErrorCode nr8', 'ErrorCode nr08', 'boh'].map(of)).to.deep.equal([
      '19',
      '19',
      '08',
      '08',
      'sconosciuto',
    ])
  })

  it('cannot be followed by a success for the same request', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    await browser.post('/spid/acs', { SAMLResponse: refusal(request.id, ANOMALIES[0]!) })
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })).status).to.equal(403)
  })

  it('is something else than a response without status, which is refused and uses nothing up', async () => {
    const browser = platform.browser()
    const request = await begin(browser, provider)
    const mute = responseTo(request, provider, {
      alter: ({ response }) => void response.removeChild(response.getElementsByTagNameNS('*', 'Status')[0]!),
    })
    expect((await browser.post('/spid/acs', { SAMLResponse: mute })).text).to.include('non è valida')
    expect((await browser.post('/spid/acs', { SAMLResponse: responseTo(request, provider) })).status).to.equal(303)
  })

  it('warns the office of technical anomalies, not of what the person did', async () => {
    const lines = platform.logged.filter((line) => line.startsWith('login refused'))
    const warned = (code: number) => lines.some((line) => line.includes(`"code":"${code}"`) && line.includes('"warn"'))
    expect([16, 25].map(warned)).to.deep.equal([true, false])
  })

  function refusal(id: string, anomaly: (typeof ANOMALIES)[number]): string {
    const request = { id, recipient: `${PUBLIC_ADDRESS}/spid/acs`, from: { entityId: PUBLIC_ADDRESS } }
    const facts = factsFor(request, { issuer: provider.entityId, level: 2, attributes: {}, now: new Date() })
    return Buffer.from(anomalyResponse(facts, anomaly, provider.signer)).toString('base64')
  }
})
