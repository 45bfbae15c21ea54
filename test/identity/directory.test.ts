import { expect } from 'chai'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDirectoryClients } from '../../server/identity/directory-client-service.ts'
import { loginOfClaims, parseDirectory } from '../../server/identity/directory.ts'
import { testPlatform } from '../support/platform.ts'
import { createBrowser, expectCounted, type Browser } from './browser.ts'
import { startHostileDirectory, type HostileDirectory, type Spoilt } from './hostile-directory.ts'

const CHIARA = { given_name: 'Chiara', family_name: 'Moretti', fiscal_number: 'MRTCHR83B57G478O' }
const GIULIA = { given_name: 'Giulia', family_name: 'Conti', fiscal_number: 'CNTGLI85H54G478Q' }
const FILE = { issuer: 'https://login.comune.example.it', clientId: 'sportello', clientSecret: 'segreto' }

describe('the file of a directory', () => {
  it('names provider, client and secret, over https', () => {
    expect(parseDirectory(JSON.stringify(FILE))).to.include({ ...FILE, taxCodeClaim: 'fiscal_number' })
    for (const name of Object.keys(FILE))
      expect(() => parseDirectory(JSON.stringify({ ...FILE, [name]: '' })), name).to.throw(name)
    expect(() => parseDirectory(JSON.stringify({ ...FILE, issuer: 'http://login.example.it' }))).to.throw('https')
    expect(() => parseDirectory(JSON.stringify({ ...FILE, levels: { mfa: 4 } }))).to.throw('levels')
  })

  it('says which acr is worth which level; without, only several factors are more than a password', () => {
    const directory = parseDirectory(JSON.stringify({ ...FILE, levels: { forte: 3, debole: 1 }, taxCodeClaim: 'cf' }))
    const levelOf = (claims: object) =>
      loginOfClaims({ ...CHIARA, cf: 'TINIT-MRTCHR83B57G478O', ...claims }, directory, new Date()).level
    expect(levelOf({ acr: 'forte' })).to.equal(3)
    expect(levelOf({ acr: 'debole', amr: ['mfa'] })).to.equal(1)
    expect(levelOf({ acr: 'constructor', amr: ['pwd'] })).to.equal(1)
    expect(levelOf({ amr: ['pwd', 'mfa'] })).to.equal(2)
  })

  it('names the claim with the tax code, which must be one', () => {
    const directory = parseDirectory(JSON.stringify(FILE))
    for (const fiscal_number of ['', 'MRTCHR83B57G478X', 7, undefined])
      expect(() => loginOfClaims({ ...CHIARA, fiscal_number }, directory, new Date())).to.throw('tax code')
  })
})

describe('login of the staff with the municipality’s directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'directories-'))
  const running = testPlatform({ env: { STAFF_DIRECTORIES: folder } })
  let directory: HostileDirectory
  const browser = (): Browser => createBrowser(running.platform.url)

  before(async () => {
    directory = await startHostileDirectory('sportello', CHIARA)
    const file = { issuer: directory.issuer, clientId: 'sportello', clientSecret: 'segreto' }
    writeFileSync(join(folder, `${running.platform.demonstration.municipality.id}.json`), JSON.stringify(file))
  })
  after(() => {
    directory.stop()
    rmSync(folder, { recursive: true })
  })

  /** Begins in a browser; the address at which the directory would answer, with its code. */
  async function begin(visitor: Browser, spoilt: Spoilt = {}, query = ''): Promise<URL> {
    const { location } = await visitor.get(`/accesso/personale/entra${query}`)
    directory.expect(spoilt, location)
    const back = new URL('/accesso/personale/ritorno', running.platform.url)
    const state = new URL(location).searchParams.get('state') ?? ''
    back.search = new URLSearchParams({ code: 'codice-1', state, iss: directory.issuer }).toString()
    return back
  }

  const pathOf = ({ pathname, search }: URL): string => pathname + search

  async function logIn(spoilt: Spoilt = {}, visitor = browser(), query = '') {
    return visitor.get(pathOf(await begin(visitor, spoilt, query)))
  }

  async function refused(spoilt: Spoilt): Promise<string> {
    const visitor = browser()
    const answer = await logIn(spoilt, visitor)
    expect(answer.status).to.equal(403)
    expect((await visitor.get('/ufficio')).status, 'no session').to.equal(303)
    return /accesso <code>([^<]*)/.exec(answer.text)?.[1] ?? ''
  }

  it('asks for a code with PKCE, state and nonce', async () => {
    const { location } = await browser().get('/accesso/personale/entra')
    const query = new URL(location).searchParams
    expect(query.get('response_type')).to.equal('code')
    expect(query.get('code_challenge_method')).to.equal('S256')
    for (const name of ['code_challenge', 'state', 'nonce']) expect(query.get(name), name).to.match(/^[\w-]{43}$/)
    expect(query.get('redirect_uri')).to.equal(`${running.platform.url}/accesso/personale/ritorno`)
  })

  it('opens the desk', async () => {
    const visitor = browser()
    expect((await logIn({}, visitor)).location).to.equal('/ufficio')
    expect((await visitor.get('/ufficio')).status).to.equal(200)
  })

  it('never opens what is a citizen’s', async () => {
    const visitor = browser()
    await logIn({}, visitor)
    for (const path of ['/area-personale', '/area-personale/pratiche', '/area-personale/messaggi'])
      expect((await visitor.get(path)).location, path).to.match(/^\/accesso\?/)
    expect((await visitor.get('/accesso')).text).to.contain('Entra con SPID')
  })

  it('leads to the desk and nowhere else', async () => {
    for (const [path, to] of [
      ['/ufficio/protocollo', '/ufficio/protocollo'],
      ['//attacco.example/ufficio', '/ufficio'],
      ['https://attacco.example/ufficio', '/ufficio'],
      ['/ufficio/../area-personale', '/ufficio'],
      ['/area-personale', '/ufficio'],
      ['/ufficiosissimo', '/ufficio'],
    ] as const)
      expect((await logIn({}, browser(), `?ritorno=${encodeURIComponent(path)}`)).location, path).to.equal(to)
  })

  it('refuses who has no appointment', async () => {
    expect(await refused({ claims: GIULIA })).to.equal('OIDC-not-an-officer')
  })
  it('refuses a login with the password alone', async () => {
    expect(await refused({ claims: { amr: ['pwd'] } })).to.equal('OIDC-too-weak')
  })

  for (const [what, spoilt] of [
    ['another nonce', { claims: { nonce: 'altro' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'altro' } }],
    ['several audiences and another authorized party', { claims: { aud: ['sportello', 'altro'], azp: 'altro' } }],
    ['another issuer', { claims: { iss: 'https://altro.example' } }],
    ['an end in the past', { claims: { exp: Math.floor(Date.now() / 1000) - 600 } }],
    ['the algorithm «none»', { header: { alg: 'none' }, key: null }],
    ['the algorithm of a shared secret', { header: { alg: 'HS256' } }],
    ['no signature', { key: null }],
    ['the signature of another key', { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }],
    ['an unknown key', { header: { kid: 'k2' } }],
    ['no tax code', { claims: { fiscal_number: undefined } }],
    ['no name', { claims: { family_name: '' } }],
    ['no ID token at all', { noToken: true }],
  ] as const)
    it(`refuses a token with ${what}`, async () => expect(await refused(spoilt)).to.equal('OIDC-not-believed'))

  it('refuses the answer of another provider (mix-up), and one that does not say whose it is', async () => {
    for (const iss of ['https://altro.example', undefined]) {
      const visitor = browser()
      const back = await begin(visitor)
      if (iss === undefined) back.searchParams.delete('iss')
      else back.searchParams.set('iss', iss)
      back.searchParams.set('code', 'codice-altrui')
      expect((await visitor.get(pathOf(back))).status).to.equal(403)
    }
    expect(directory.codes, 'the code went to nobody').not.to.include('codice-altrui')
  })

  it('refuses a state of another browser (login CSRF), and leaves it to its owner', async () => {
    const [attacker, victim] = [browser(), browser()]
    const back = await begin(attacker)
    await victim.get('/accesso/personale/entra')
    expect((await victim.get(pathOf(back))).status).to.equal(403)
    expect((await attacker.get(pathOf(back))).location).to.equal('/ufficio')
  })

  it('takes no beginning of another kind of login for its own', async () => {
    const visitor = browser()
    const { location } = await visitor.get('/accesso/cns')
    const state = new URL(location).searchParams.get('richiesta') ?? ''
    const query = new URLSearchParams({ code: 'codice-carta', state, iss: directory.issuer }).toString()
    const answer = await visitor.get(`/accesso/personale/ritorno?${query}`)
    expect([answer.status, answer.text.includes('OIDC-lost')]).to.deep.equal([403, true])
    expect(directory.codes).not.to.include('codice-carta')
  })

  it('refuses an answer that comes again, and its code', async () => {
    const visitor = browser()
    const back = await begin(visitor)
    expect((await visitor.get(pathOf(back))).status).to.equal(303)
    expect((await visitor.get(pathOf(back))).status).to.equal(403)
    const asked = directory.codes.length
    const again = await begin(visitor)
    again.searchParams.set('state', 'inventato')
    expect((await visitor.get(pathOf(again))).status).to.equal(403)
    expect(directory.codes).to.have.length(asked)
  })

  it('refuses a state that comes back too late, and its code', async () => {
    const visitor = browser()
    const back = await begin(visitor)
    back.searchParams.set('code', 'codice-tardivo')
    const attempts = running.platform.connection.collection<{ expiresAt: Date }>('login_attempts')
    const [last] = await attempts.find({ kind: 'oidc' }).sort({ expiresAt: -1 }).toArray()
    expect(last?.expiresAt.getTime()).to.be.within(Date.now() + 14 * 60_000, Date.now() + 15 * 60_000)
    await running.platform.connection
      .collection('login_attempts')
      .updateMany({ kind: 'oidc' }, { $set: { expiresAt: new Date(Date.now() - 1_000) } })
    const answer = await visitor.get(pathOf(back))
    expect([answer.status, answer.text.includes('Questo accesso non vale più')]).to.deep.equal([403, true])
    expect(directory.codes).not.to.include('codice-tardivo')
  })

  for (const [what, spoilt] of [
    ['fails', { tokenStatus: 502 }],
    ['hangs up', { tokenStatus: null }],
  ] as const)
    it(`says so when the directory ${what} at the last step`, async () => {
      const answer = await logIn(spoilt)
      expect([answer.status, answer.text.includes('L’accesso del personale non risponde')]).to.deep.equal([503, true])
    })

  it('says so when the directory is down, and what else one can do', async () => {
    const there = join(folder, `${running.platform.demonstration.municipality.id}.json`)
    const kept = readFileSync(there, 'utf8')
    const gone = await startHostileDirectory('sportello', CHIARA)
    gone.stop()
    writeFileSync(there, kept.replace(directory.issuer, gone.issuer))
    const answer = await browser().get('/accesso/personale/entra')
    expect(answer.status).to.equal(503)
    expect(answer.text).to.contain('L’accesso del personale non risponde').and.contain('accedi con SPID o CIE')
    expect((await browser().get('/accesso/personale')).status, 'the page itself').to.equal(200)
    writeFileSync(there, kept)
    expect((await logIn()).location, 'when it is back').to.equal('/ufficio')
  })

  it('is offered only where there is one', async () => {
    const there = join(folder, `${running.platform.demonstration.municipality.id}.json`)
    const kept = readFileSync(there, 'utf8')
    rmSync(there)
    for (const path of ['', '/entra', '/ritorno'])
      expect((await browser().get(`/accesso/personale${path}`)).status, path).to.equal(404)
    writeFileSync(there, kept)
    expect((await browser().get('/accesso/personale')).status).to.equal(200)
  })

  it('is asked for a login of the level that is needed, by what its file calls so', async () => {
    const there = join(folder, `${running.platform.demonstration.municipality.id}.json`)
    const kept = readFileSync(there, 'utf8')
    writeFileSync(there, JSON.stringify({ ...(JSON.parse(kept) as object), levels: { debole: 1, forte: 2 } }))
    const asked = async (level: number) =>
      new URL((await browser().get(`/accesso/personale/entra?livello=${level}`)).location).searchParams.get(
        'acr_values',
      )
    expect([await asked(1), await asked(2), await asked(3)]).to.deep.equal(['debole forte', 'forte', null])
    writeFileSync(there, kept)
  })

  it('says what it is once a day, and at once when its file changes', async () => {
    let clock = 0
    const clients = createDirectoryClients({ folder, now: () => new Date(Date.now() + clock) })
    const { id } = running.platform.demonstration.municipality
    const first = await clients.of(id)
    expect(await clients.of(id)).to.equal(first)
    clock = 25 * 3_600_000
    expect(await clients.of(id)).to.not.equal(first)
  })

  it('is no obstacle to leaving while it is down', async () => {
    const there = join(folder, `${running.platform.demonstration.municipality.id}.json`)
    const kept = readFileSync(there, 'utf8')
    const visitor = browser()
    await logIn({}, visitor)
    const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec((await visitor.get('/esci')).text) ?? []
    const gone = await startHostileDirectory('sportello', CHIARA)
    gone.stop()
    writeFileSync(there, kept.replace(directory.issuer, gone.issuer))
    const left = await visitor.post('/esci', { _csrf: token.replaceAll('&#x3D;', '=') })
    writeFileSync(there, kept)
    expect([left.status, left.location]).to.deep.equal([303, '/esci'])
    expect((await visitor.get('/ufficio')).status).to.equal(303)
  })

  it('is begun as often from one network as logins with SPID are, and not behind a visitor’s back', async () => {
    await expectCounted(running.platform.connection, browser, '/accesso/personale/entra')
  })

  it('says that the login was given up', async () => {
    const visitor = browser()
    const back = await begin(visitor)
    back.searchParams.delete('code')
    back.searchParams.set('error', 'access_denied')
    const answer = await visitor.get(pathOf(back))
    expect([answer.status, answer.text.includes('OIDC-given-up')]).to.deep.equal([403, true])
  })

  it('gives a session of its own: the one that was there before opens nothing', async () => {
    const visitor = browser()
    await logIn({}, visitor)
    const old = visitor.cookies.get('sportello')
    await logIn({}, visitor)
    expect(visitor.cookies.get('sportello')).not.to.equal(old)
    const thief = browser()
    thief.cookies.set('sportello', old ?? '')
    expect((await thief.get('/ufficio')).status).to.equal(303)
  })
})
