import { expect } from 'chai'
import { readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { dirname, join } from 'node:path'
import { loginOfCard } from '../../server/identity/card.ts'
import { purposes, usage } from '../../server/certificates/certificate-builder.ts'
import { cardPolicy } from '../../server/certificates/development-cards.ts'
import { OID } from '../../server/shared/asn1/oids.ts'
import { CARD_PASSWORD } from '../../setup/cards.ts'
import {
  developmentAuthority,
  makeCard,
  newAuthority,
  publishCrl,
  showCard,
  type Card,
} from '../support/card-reader.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import { createBrowser, expectCounted, type Browser } from './browser.ts'

describe('login with a card (CNS), at our own TLS address', () => {
  const running = testPlatform()
  const trust = (): string => running.platform.env['CNS_AUTHORITIES'] ?? ''
  const authority = () => developmentAuthority(dirname(trust()))
  const card = (changes: Parameters<typeof makeCard>[1] = {}): Card => makeCard(authority(), changes)
  const browser = (): Browser => createBrowser(running.platform.url)

  const begin = async (visitor: Browser, query = '') => (await visitor.get(`/accesso/cns${query}`)).location

  /** Begins, shows the card, comes back. */
  async function logInWith(shown: Parameters<typeof showCard>[1], visitor = browser(), query = '') {
    const { location } = await showCard(await begin(visitor, query), shown)
    return visitor.get(location)
  }

  async function heading(shown: Parameters<typeof showCard>[1]): Promise<string> {
    const answer = await logInWith(shown)
    expect(answer.status).to.equal(403)
    return /<h1>([^<]*)/.exec(answer.text)?.[1] ?? ''
  }

  beforeEach(() => publishCrl(trust(), authority()))

  it('opens the personal area with a card that npm start made, at level 3', async () => {
    const visitor = browser()
    const pfx = readFileSync(join(dirname(trust()), 'cards', 'giulia-conti.p12'))
    const back = await logInWith({ pfx, passphrase: CARD_PASSWORD }, visitor, '?livello=3&ritorno=/servizi')
    expect([back.status, back.location]).to.deep.equal([303, '/servizi'])
    expect((await visitor.get('/area-personale')).text).to.contain('Ciao, Giulia')
    expect((await visitor.get('/accesso?livello=3')).location).to.equal('/area-personale')
  })

  it('is the same person as with SPID', async () => {
    const sessions = running.platform.connection.collection('sessions')
    await sessions.deleteMany({})
    await logIn(running.platform.visitor(), 'Giulia Conti', '/area-personale')
    await logInWith(card())
    const schemes = await sessions.distinct('session.login.scheme', { 'session.login.person.key': 'CNTGLI85H54G478Q' })
    expect(schemes).to.have.members(['spid', 'cns'])
  })

  it('gives a session of its own to the browser that began, and no cookie where cards are asked for', async () => {
    const visitor = browser()
    const there = await begin(visitor)
    const shown = await showCard(there, card())
    expect(shown.setCookie).to.deep.equal([])
    await visitor.get(shown.location)
    expect(visitor.cookies.has('sportello')).to.equal(true)
  })

  it('refuses the code in another browser (login CSRF), and the second time', async () => {
    const [attacker, victim] = [browser(), browser()]
    const { location } = await showCard(await begin(attacker), card())
    await begin(victim)
    expect((await victim.get(location)).status).to.equal(403)
    expect((await browser().get(location)).status).to.equal(403)
    expect((await attacker.get(location)).status).to.equal(303)
    expect((await attacker.get(location)).status).to.equal(403)
  })

  it('refuses a code that comes too late, and a card that is shown too late', async () => {
    const expire = () =>
      running.platform.connection
        .collection('login_attempts')
        .updateMany({ kind: 'cns' }, { $set: { expiresAt: new Date(Date.now() - 1_000) } })
    /** Minutes for which the last step is good. */
    const minutes = async () => {
      const [last] = await running.platform.connection
        .collection<{ expiresAt: Date }>('login_attempts')
        .find({ kind: 'cns' })
        .sort({ expiresAt: -1 })
        .toArray()
      return ((last?.expiresAt.getTime() ?? 0) - Date.now()) / 60_000
    }
    const visitor = browser()
    await expire()
    const begun = await begin(visitor)
    expect(await minutes()).to.be.within(9, 10)
    const { location } = await showCard(begun, card())
    expect(await minutes()).to.be.within(0.5, 1)
    await expire()
    const late = await visitor.get(location)
    expect([late.status, /<h1>([^<]*)/.exec(late.text)?.[1]]).to.deep.equal([403, 'Questo accesso non vale più'])
    expect((await visitor.get('/area-personale')).status, 'no session').to.equal(303)
    const there = await begin(visitor)
    await expire()
    expect((await showCard(there, card())).location).to.equal(`${running.platform.url}/accesso`)
  })

  it('keeps no connection where cards are asked for: the next login is a handshake of its own', async () => {
    const there = await begin(browser())
    const { key, cert } = card()
    const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, key, cert })
    const connection = await new Promise((resolve, reject) => {
      request(there, { agent }, (response) => resolve(response.resume().headers.connection))
        .once('error', reject)
        .end()
    })
    agent.destroy()
    expect(connection).to.equal('close')
  })

  it('takes one card for a beginning, and sends home who brings none', async () => {
    const there = await begin(browser())
    expect((await showCard(there, card())).location).to.contain('/accesso/cns/ritorno?codice=')
    const home = `${running.platform.url}/accesso`
    expect((await showCard(there, card())).location).to.equal(home)
    expect((await showCard(new URL('/', there).href, card())).location).to.equal(home)
  })

  it('takes no code for a beginning, and no beginning for a code', async () => {
    const [visitor, home] = [browser(), `${running.platform.url}/accesso`]
    const there = new URL(await begin(visitor))
    const early = await visitor.get(`/accesso/cns/ritorno?codice=${there.searchParams.get('richiesta') ?? ''}`)
    expect([early.status, /<h1>([^<]*)/.exec(early.text)?.[1]]).to.deep.equal([403, 'Questo accesso non vale più'])
    const { location } = await showCard(await begin(visitor), card())
    there.searchParams.set('richiesta', new URL(location).searchParams.get('codice') ?? '')
    expect((await showCard(there.href, card())).location).to.equal(home)
  })

  it('never leads to another site', async () => {
    const back = await logInWith(card(), browser(), '?ritorno=//attacco.example')
    expect(back.location).to.equal('/area-personale')
  })

  it('is begun as often from one network as logins with SPID are, and not behind a visitor’s back', async () => {
    await expectCounted(running.platform.connection, browser, '/accesso/cns')
  })

  it('says that there was no card', async () => expect(await heading({})).to.equal('Non abbiamo trovato la tua carta'))
  it('refuses an expired card', async () =>
    expect(await heading(card({ from: -9, to: -1 }))).to.equal('La tua carta è scaduta'))
  it('refuses a card that is not valid yet', async () =>
    expect(await heading(card({ from: 1 }))).to.equal('La tua carta non è ancora valida'))
  it('refuses the card of another authority, whatever name it gives itself', async () => {
    const forged = newAuthority('Autorità CNS di sviluppo (senza valore)')
    expect(await heading(makeCard(forged))).to.equal('Non riconosciamo questa carta')
  })
  it('refuses a revoked card, and a suspended one', async () => {
    const [lost, held] = [card(), card()]
    const at = new Date(Date.now() - 3_600_000)
    const revoked = [
      { certificate: lost.certificate, at },
      { certificate: held.certificate, at, reason: 6 },
    ]
    publishCrl(trust(), authority(), revoked)
    expect(await heading(lost)).to.equal('La tua carta è stata revocata o sospesa')
    expect(await heading(held)).to.equal('La tua carta è stata revocata o sospesa')
  })
  it('refuses when nobody says whether the card is revoked', async () => {
    rmSync(join(trust(), 'sviluppo.crl'))
    expect(await heading(card())).to.equal('Non possiamo controllare la tua carta')
  })
  it('refuses the certificate for signing', async () =>
    expect(await heading(card({ extensions: [usage('nonRepudiation'), cardPolicy()] }))).to.equal(
      'Hai scelto il certificato di firma',
    ))
  it('refuses a certificate for other purposes', async () => {
    const extensions = [usage('digitalSignature'), purposes(OID.serverAuthentication), cardPolicy()]
    expect(await heading(card({ extensions }))).to.equal('Hai scelto il certificato di firma')
  })
  it('refuses a certificate under another policy than the CNS’s', async () => {
    const extensions = [usage('digitalSignature'), purposes(OID.clientAuthentication), cardPolicy('1.3.76.47.4')]
    expect(await heading(card({ extensions }))).to.equal('Questa non è una Carta Nazionale dei Servizi')
  })
  it('refuses a tax code that cannot be', async () => {
    const subject = { surname: 'Conti', givenName: 'Giulia', commonName: 'CNTGLI85H54G478X/6120000000000001.cHJvdmE=' }
    expect(await heading(card({ subject }))).to.equal('Questa non è una Carta Nazionale dei Servizi')
  })
  it('refuses a card with a blank name', () => {
    const facts = { commonName: 'CNTGLI85H54G478Q/6120000000000001.cHJvdmE=', issuer: '', sha256: '' }
    const named = { ...facts, policies: ['1.3.76.16.2.1'], givenName: 'Giulia', surname: 'Conti' }
    expect(loginOfCard(named, new Date())).to.have.property('level', 3)
    for (const blank of [{ givenName: ' ' }, { surname: ' ' }])
      expect(loginOfCard({ ...named, ...blank }, new Date())).to.equal('no-name')
  })

  it('refuses a card without a name', async () => {
    const subject = { commonName: 'CNTGLI85H54G478Q/6120000000000001.cHJvdmE=' }
    expect(await heading(card({ subject }))).to.equal('La carta non riporta il tuo nome')
  })
})
