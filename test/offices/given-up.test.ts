import { expect } from 'chai'
import { formatProtocol } from '../../server/protocol/index.ts'
import { sent } from '../filings/citizen.ts'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'

const BASE = '/ufficio/operazioni-non-riuscite'
const SILVIA = 'DNTSLV78D70G478C'
const MATTEO = 'LNGMTT96H06D653K'

type Task = { _id: string; municipality: string; state: string; attempts: number; [other: string]: unknown }

describe('what was given up', function () {
  this.timeout(90_000)
  // Without a worker a task stays where a page puts it.
  const site = testPlatform({ env: { WORKER: 'false' } })
  let filing: string
  let protocol: string

  const tasks = () => site.platform.connection.collection<Task>('outboxtasks')
  const appointments = () => site.platform.connection.collection<{ _id: string; cf: string }>('appointments')
  const died = { state: 'dead', attempts: 84, endedAt: new Date('2026-11-23T06:12:00Z') }
  const give = (_id: string, more: object) =>
    tasks().insertOne({
      _id,
      key: _id,
      kind: 'message-mailed',
      municipality: 'vallechiara',
      payload: { message: 'm', filing: null },
      due: new Date(),
      lease: null,
      error: 'secret words',
      failure: 'UPSTREAM_UNAVAILABLE',
      putAt: new Date('2026-11-20T06:00:00Z'),
      ...died,
      ...more,
    })
  const stateOf = async (_id: string) => (await tasks().findOne({ _id }))?.state

  async function arrive(name: string): Promise<{ visitor: Visitor; page: Page }> {
    const visitor = site.platform.visitor()
    return { visitor, page: await logIn(visitor, name, '/ufficio') }
  }

  /** Presses the button of the task, or sends what the button would send. */
  function retry(visitor: Visitor, page: Page, task: string): Promise<Page> {
    const token = page.html.querySelector('input[name=_csrf]')?.getAttribute('value') ?? ''
    const body = new URLSearchParams({ _csrf: token })
    return visitor.request(`${BASE}/${task}/riprova`, { method: 'POST', body })
  }

  before(async () => {
    ;({ id: filing } = await sent(site.platform, 'Giulia Conti'))
    const found = await site.platform.connection.collection('filings').findOne({ _id: filing as never })
    const { number, year } = (found as unknown as { protocol: { number: number; year: number } }).protocol
    protocol = formatProtocol({ number, year })
  })
  beforeEach(() => tasks().deleteMany({}))
  afterEach(() => appointments().deleteOne({ _id: 'both' }))

  it('begins the day of who keeps the platform, with what, since when, of which filing and why', async () => {
    await give('mail-1', { payload: { message: 'm', filing } })
    await give('receipt-1', { kind: 'filing-receipt', failure: 'DEFECT', payload: { filing } })
    await give('theirs', { municipality: 'altrove' })
    const { page } = await arrive('Silvia Donati')
    expect(page.url).to.match(new RegExp(`${BASE}$`))
    expect(page.html.querySelector('.office-nav [aria-current]')?.text).to.equal('Operazioni non riuscite 2 ferme')
    const [mail, receipt, ...others] = page.html
      .querySelectorAll('tbody tr')
      .map(({ structuredText }) => structuredText)
    expect(mail).to.include('Avviso per posta elettronica').and.include(protocol)
    expect(mail).to.include('20/11/2026').and.include('23/11/2026').and.include('84 tentativi').and.include('mail-1')
    expect(mail).to.include('Il server di posta non ha accettato il messaggio')
    expect(receipt).to.include('Ricevuta').and.include('Errore del programma')
    expect(others, 'of another municipality').to.be.empty
    expect(page.text).not.to.include('secret words')
    expect(page.html.querySelector('td a'), 'a way to a filing that is not hers to see').to.equal(null)
  })

  it('leads to the filing whoever may see it, and is told on their list', async () => {
    await give('mail-1', { payload: { message: 'm', filing } })
    const desk = await appointments().findOne({ cf: MATTEO })
    await appointments().insertOne({ ...desk, _id: 'both', cf: SILVIA, sequence: 999 } as never)
    const { visitor, page } = await arrive('Silvia Donati')
    expect(page.text).to.include('Un’operazione non è riuscita')
    const list = await visitor.follow(page, 'Guarda perché e riprova')
    const seen = await visitor.follow(list, protocol)
    expect([seen.status, seen.url]).to.deep.equal([200, `${site.platform.url}/ufficio/pratiche/${filing}`])
  })

  it('is tried again by a button, once however often it is pressed, and all by one', async () => {
    for (const id of ['a', 'b', 'c']) await give(id, {})
    await give('theirs', { municipality: 'altrove' })
    const { visitor, page } = await arrive('Silvia Donati')
    const after = await visitor.submit(page, {}, { button: /^Riprova: / })
    expect(await stateOf('a')).to.equal('waiting')
    expect(after.text)
      .to.include('Hai fatto riprovare un’operazione')
      .and.include('Un’operazione che non era riuscita è in coda')
    await tasks().updateOne({ _id: 'a' }, { $set: { attempts: 3 } })
    const again = await retry(visitor, after, 'a')
    expect([again.status, again.text.includes('Hai fatto')]).to.deep.equal([200, false])
    expect((await tasks().findOne({ _id: 'a' }))?.attempts, 'pressed again').to.equal(3)
    await retry(visitor, after, 'theirs')
    const none = await visitor.submit(after, {}, { button: 'Riprova tutte (2)' })
    expect(await Promise.all(['b', 'c', 'theirs'].map(stateOf))).to.deep.equal(['waiting', 'waiting', 'dead'])
    expect(none.text).to.include('Hai fatto riprovare 2 operazioni').and.include('Nessuna operazione è ferma')
  })

  const who: [name: string, mayKeep: boolean][] = [
    ['Silvia Donati', true],
    ['Teresa Orsini', true],
    ['Chiara Moretti', false],
    ['Roberta Villa', false],
    ['Valentina Costa', false],
    ['Beatrice Lodi', false],
    ['Enrico Sala', false],
    ['Laura Sforza', false],
    ['Giulia Conti', false],
  ]
  for (const [name, mayKeep] of who) {
    it(`is ${mayKeep ? '' : 'not '}there for ${name}`, async () => {
      await give('mail-1', {})
      const { visitor, page } = await arrive(name)
      expect(page.body.includes(BASE), 'a link to it').to.equal(mayKeep)
      expect((await visitor.get(BASE)).status).to.equal(mayKeep ? 200 : 404)
      expect((await retry(visitor, page, 'mail-1')).status).to.equal(mayKeep ? 200 : 404)
      expect(await stateOf('mail-1')).to.equal(mayKeep ? 'waiting' : 'dead')
    })
  }
})
