import { expect } from 'chai'
import { deviceOf } from '../../server/identity/device.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'

const HERE = '/area-personale/accessi'

describe('the device of a session', () => {
  for (const [userAgent, device] of [
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox su Windows'],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36',
      'Chrome su Android',
    ],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1', 'Safari su iOS'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'Edge su macOS'],
    ['curl/8.5.0', 'Browser sconosciuto'],
    [undefined, 'Browser sconosciuto'],
  ] as const)
    it(device, () => expect(deviceOf(userAgent)).to.equal(device))
})

describe('«Accessi e dispositivi»', () => {
  const running = testPlatform()

  async function loggedIn(name: string): Promise<Visitor> {
    const visitor = running.platform.visitor()
    await logIn(visitor, name, '/area-personale')
    return visitor
  }

  /** Another browser with the cookies that a person had: whoever kept them. */
  function keeperOf(visitor: Visitor): Visitor {
    const keeper = createVisitor(running.platform.url)
    for (const [host, cookies] of visitor.cookies) keeper.cookies.set(host, new Map(cookies))
    return keeper
  }

  /** Changes the session behind a visitor's cookie as time would have. */
  async function turnBack(visitor: Visitor, change: Record<string, Date>): Promise<void> {
    const cookie = decodeURIComponent(visitor.cookies.get(new URL(running.platform.url).host)?.get('sportello') ?? '')
    const [, id = ''] = /^s:([\w-]+)\./.exec(cookie) ?? []
    const sessions = running.platform.connection.collection<{ _id: string }>('sessions')
    expect((await sessions.updateOne({ _id: id }, { $set: change })).matchedCount).to.equal(1)
  }

  const isIn = async (visitor: Visitor): Promise<boolean> => (await visitor.get(HERE)).url.endsWith(HERE)

  it('lists where this person is logged in, this session marked, and nobody else’s', async () => {
    const [here] = [await loggedIn('Giulia Conti'), await loggedIn('Giulia Conti'), await loggedIn('Marco Rinaldi')]
    const page = await here.get(HERE)
    expect(page.html.querySelectorAll('main .document')).to.have.length(2)
    expect(page.text.match(/Questo dispositivo/g)).to.have.length(1)
    expect(page.text).to.contain('Con SPID, livello 2')
    expect(page.html.querySelectorAll('main button[name=accesso]')).to.have.length(1)
  })

  it('says of one that it is the only one, and has no form for it', async () => {
    const { html, text } = await (await loggedIn('Andriy Kovalenko')).get(HERE)
    expect(html.querySelectorAll('main .document')).to.have.length(1)
    expect(html.querySelectorAll('main form')).to.have.length(0)
    expect(text).to.include('È il tuo unico accesso aperto')
  })

  it('lists no login that is over: idle for half an hour, or ten hours old', async () => {
    const [here, old, idle] = [
      await loggedIn('Elena Bruni'),
      await loggedIn('Elena Bruni'),
      await loggedIn('Elena Bruni'),
    ]
    const listed = async () => (await here.get(HERE)).html.querySelectorAll('main .document').length
    expect(await listed()).to.equal(3)
    const rows = running.platform.connection.collection<{ expires: Date; lastModified: Date }>('sessions').find()
    for (const { expires, lastModified } of await rows.toArray())
      expect(expires.getTime() - lastModified.getTime()).to.equal(30 * 60_000)
    await turnBack(old, { 'session.login.at': new Date(Date.now() - 10 * 3_600_000) })
    expect(await listed()).to.equal(2)
    await turnBack(idle, { expires: new Date(Date.now() - 1_000) })
    expect(await listed()).to.equal(1)
    expect([await isIn(old), await isIn(idle), await isIn(here)]).to.deep.equal([false, false, true])
  })

  it('closes one: its cookie is dead at once, the others live', async () => {
    const [here, there] = [await loggedIn('Anna Maria Galli'), await loggedIn('Anna Maria Galli')]
    const kept = keeperOf(there)
    expect(await isIn(kept)).to.equal(true)
    const done = await here.submit(await here.get(HERE), {}, { button: /^Chiudi l’accesso/ })
    expect(done.html.querySelector('.alert-heading')?.text).to.equal('Hai chiuso un accesso')
    expect([await isIn(there), await isIn(kept), await isIn(here)]).to.deep.equal([false, false, true])
  })

  it('closes all others', async () => {
    const all = [await loggedIn('Omar Haddad'), await loggedIn('Omar Haddad'), await loggedIn('Omar Haddad')] as const
    const done = await all[0].submit(await all[0].get(HERE), {}, { button: 'Chiudi tutti gli altri accessi' })
    expect(done.html.querySelector('.alert-heading')?.text).to.equal('Hai chiuso 2 accessi')
    expect(await Promise.all(all.map(isIn))).to.deep.equal([true, false, false])
  })

  it('closes nobody else’s session, whatever the form says, and needs the form’s token', async () => {
    const [mine, other, theirs] = [
      await loggedIn('Luca Neri'),
      await loggedIn('Maria Russo'),
      await loggedIn('Maria Russo'),
    ]
    const button = (await other.get(HERE)).html.querySelector('main button[name=accesso]')
    const accesso = button?.getAttribute('value') ?? ''
    const page = await mine.get(HERE)
    const token = page.html.querySelector('[name=_csrf]')?.getAttribute('value') ?? ''
    const body = new URLSearchParams({ accesso, _csrf: token })
    const answer = await mine.request(`${HERE}/chiudi`, { method: 'POST', body })
    expect(answer.text).to.contain('era già chiuso')
    const forged = await other.request(`${HERE}/chiudi`, { method: 'POST', body: new URLSearchParams({ accesso }) })
    expect(forged.status).to.equal(403)
    expect(await isIn(theirs)).to.equal(true)
  })

  it('is found by an index, and shows no id of a session', async () => {
    const here = await loggedIn('Giulia Conti')
    const { body } = await here.get(HERE)
    const sessions = running.platform.connection.collection('sessions')
    const ids = await sessions.distinct('_id')
    expect(ids.filter((id) => body.includes(String(id)))).to.be.empty
    const plan = await sessions.find({ 'session.login.person.key': 'CNTGLI85H54G478Q' }).explain('queryPlanner')
    expect(JSON.stringify(plan)).to.contain('"IXSCAN"').and.not.contain('"COLLSCAN"')
  })
})
