import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HISTORY } from '../../server/bundles/bundle.ts'
import { verifyChain, type HistoryEvent } from '../../server/history/index.ts'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import type { Verification } from '../../server/signing/index.ts'
import { DEMONSTRATION_PIN } from '../../setup/signatures.ts'
import { download, indexIn, unpacked } from '../bundles/archive.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { expectAccessible, expectNoSidewaysScroll, expectWholeWord } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { documentsOf, endSession, entriesOf, filingOf, loggedIn, sent } from '../filings/citizen.ts'

const PROCEDURE = 'accesso-documentale'

describe('letters that a head of office signs', () => {
  const site = testPlatform()
  const browser = testBrowser()
  const folder = mkdtempSync(join(tmpdir(), 'firme-'))
  after(() => rmSync(folder, { recursive: true }))

  let citizen: Visitor
  let clerk: Visitor
  let head: Visitor
  /** Six filings that were decided and wait for the signature. */
  const ids: string[] = []

  before(async () => {
    clerk = (await loggedIn(site.platform, 'Francesca Riva', '/ufficio')).visitor
    head = (await loggedIn(site.platform, 'Roberta Villa', '/ufficio/firme')).visitor
    for (const number of [1, 2, 3, 4, 5, 6]) ids.push(await decided(number))
  })

  /** A filing that was decided and waits for the signature. */
  async function decided(number: number): Promise<string> {
    const today = romeDate(new Date())
    const bollo = { identificativo: `7777777777777${number}`, dataEmissione: addDays(today, -1) }
    const answers = { ...sampleAnswers(today)[PROCEDURE], bollo }
    const draft = await sent(site.platform, 'Giulia Conti', { procedure: PROCEDURE, answers })
    citizen = draft.visitor
    const taken = await step(draft.id, 'prendi-in-carico', {})
    expect(taken.status, taken.text).to.equal(200)
    const proposed = await step(draft.id, 'accogli', { testo: `Motivo ${number}.` })
    expect(proposed.text).to.match(/La pratica n\.\s\d{7}\/\d{4} aspetta la firma/)
    return draft.id
  }

  async function step(id: string, name: string, fields: Record<string, string>): Promise<Page> {
    const page = await clerk.get(`/ufficio/pratiche/${id}/passo/${name}`)
    return clerk.submit(page, fields, { form: 'form.office-form' })
  }
  const list = () => head.get('/ufficio/firme')
  const boxesOn = ({ html }: Page) =>
    html.querySelectorAll('input[name=scelte]').map((box) => box.getAttribute('value') ?? '')
  const chosenOn = ({ html }: Page) => html.querySelectorAll('input[name=scelte][checked]').length
  const boxOf = async (id: string) => boxesOn(await list()).find((box) => box.startsWith(id)) ?? ''
  async function sign(boxes: readonly string[], pin: string, more: Record<string, string> = {}): Promise<Page> {
    const page = await list()
    const token = page.html.querySelector('[name=_csrf]')?.getAttribute('value') ?? ''
    const fields: [string, string][] = [['_csrf', token], ['pin', pin], ...Object.entries(more)]
    for (const box of boxes) fields.push(['scelte', box])
    return head.request(`${site.platform.url}/ufficio/firme`, { method: 'POST', body: new URLSearchParams(fields) })
  }
  /** From now on the head of office's key asks for a code, which is sent to their telephone. */
  function withCodes() {
    const { signatures } = site.platform
    const all = signatures?.credentials ?? []
    const at = all.findIndex(({ certificates: [der] }) => Buffer.from(der ?? []).includes('Roberta Villa'))
    const own = all[at]
    if (!signatures || !own) throw new Error('No credential of Roberta Villa')
    all[at] = { ...own, otp: 'sent', multisign: 5 }
    return {
      signatures,
      codeOfVilla: () => signatures.codeOf(own.id) ?? '',
      withoutCodes: () => void (all[at] = own),
    }
  }
  /** The history in the bundle, and what the bundle says is left out of it. */
  async function bundleOf(visitor: Visitor, filing: string): Promise<{ history: string; left: string }> {
    const { bytes } = await download(visitor, new URL(`${filing}/fascicolo.zip`, site.platform.url))
    const files = unpacked(bytes)
    return { history: String(files.get(HISTORY)), left: JSON.stringify(indexIn(files).withheld) }
  }
  const outgoing = async (id: string) =>
    (await entriesOf(site.platform, id)).filter(({ direction }) => direction === 'out')

  it('wait, with nothing gone out, and say so to the office alone', async () => {
    const [id = ''] = ids
    const page = await clerk.get(`/ufficio/pratiche/${id}`)
    expect(page.text).to.include('In attesa di firma').and.include('Messa alla firma')
    expect(page.html.querySelectorAll('.case-head .actions a')).to.have.length(0)
    expect((await clerk.get(`/ufficio/pratiche/${id}/passo/respingi`)).status).to.equal(409)
    expect((await citizen.get(`/pratiche/${id}`)).text)
      .to.include('In elaborazione')
      .and.not.include('Messa alla firma')
    expect(await outgoing(id)).to.have.length(0)
    expect((await documentsOf(site.platform, id)).map(({ kind }) => kind as string)).not.to.include('outcome')
    expect((await clerk.get('/ufficio/firme')).status, 'not the clerk’s page').to.equal(404)
    const boxes = boxesOn(await list())
    expect(boxes).to.have.length(6)
    const address = `/ufficio/firme/${id}/documento`
    const letter = await head.get(`${address}?del=${(boxes.find((b) => b.startsWith(id)) ?? '').split(' ')[1] ?? ''}`)
    expect(letter.headers.get('content-type')).to.equal('application/pdf')
    const looks = site.platform.connection.collection('consultations')
    expect(await looks.countDocuments({ what: 'document', page: address, filing: id }), 'looks written down').to.equal(
      1,
    )
  })

  it('are counted where the head of office comes in, and in the menu', async () => {
    const desk = await head.get('/ufficio')
    expect(desk.text).to.include('Hai 6 documenti da firmare')
    const entry = (await list()).html.querySelector('.office-nav [aria-current]')
    expect(entry?.text).to.equal('Da firmare 6 in attesa')
    expect((await clerk.get('/ufficio')).text).not.to.include('da firmare')
  })

  it('can be read and signed by everybody: axe, and no sideways scroll at 320 pixels', async () => {
    const { withoutCodes } = withCodes()
    const page = await browser.visit({ javascript: true, width: 360 })
    const { host, hostname } = new URL(site.platform.url)
    const cookies = [...(head.cookies.get(host) ?? [])]
    await page.context().addCookies(cookies.map(([name, value]) => ({ name, value, domain: hostname, path: '/' })))
    await page.goto(`${site.platform.url}/ufficio/firme`)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Firma i documenti scelti' }).click()
    expect(await page.getByRole('alert').innerText()).to.include('Scegli almeno un documento')
    await expectAccessible(page)
    await expectWholeWord(page, '.signature-row label')
    await page.setViewportSize({ width: 320, height: 800 })
    await expectNoSidewaysScroll(page)
    await page
      .getByRole('link', { name: /^Restituisci/ })
      .first()
      .click()
    await page.getByRole('button', { name: 'Restituisci' }).click()
    expect(await page.locator('#motivo-error').innerText(), 'beside its field').to.include('Scrivi')
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    withoutCodes()
  })

  it('are lost by nothing: no choice, no PIN, a wrong one, a service that is away', async () => {
    const boxes = boxesOn(await list())
    expect((await sign([], DEMONSTRATION_PIN)).text).to.include('Scegli almeno un documento')
    const unsigned = await sign(boxes.slice(0, 1), ' ')
    expect([unsigned.status, chosenOn(unsigned)]).to.deep.equal([422, 1])
    const wrong = await sign(boxes, '000000')
    expect(wrong.text, 'above and beside').to.match(/Nessun documento firmato.*(Il PIN non è giusto.*){2}/s)
    expect([wrong.text.match(/Non provato/g)?.length, chosenOn(wrong)], 'tried once').to.deep.equal([10, boxes.length])
    const { signatures } = site.platform
    if (!signatures) throw new Error('No signing service')
    // It dies in the middle: the second document finds nobody.
    let calls = 0
    signatures.faults.answer = (path) => (path === 'signatures/signHash' && ++calls === 1 ? 'error' : undefined)
    const [first = '', second = ''] = boxes
    const partly = await sign([first, second], DEMONSTRATION_PIN)
    expect(partly.text).to.include('Hai firmato un documento su 2').and.include('non risponde')
    signatures.faults.answer = undefined
    expect(await outgoing(first.split(' ')[0] ?? '')).to.have.length(0)
    expect(await outgoing(second.split(' ')[0] ?? '')).to.have.length(1)
    expect(boxesOn(await list())).to.deep.equal(boxes.filter((box) => box !== second))
  })

  it('signed twice at once, go out once, with the officer’s signature and the seal both valid', async () => {
    const [id = ''] = (await list()).html
      .querySelectorAll('input[name=scelte]')
      .map((box) => box.getAttribute('value')?.split(' ')[0])
    const box = await boxOf(id)
    const pages = await Promise.all([sign([box], DEMONSTRATION_PIN), sign([box], DEMONSTRATION_PIN)])
    const told = pages.map(({ text }) => /Nessun documento|Hai firmato un/.exec(text)?.[0])
    expect(told.sort()).to.deep.equal(['Hai firmato un', 'Hai firmato un'])
    expect(await outgoing(id)).to.have.length(1)
    const again = (await sign([box], DEMONSTRATION_PIN)).html.querySelector('.signature-outcomes')
    expect(again?.text, 'once more, by its name').to.match(/^\s*Accogli .*, n\..*\s+Firmato e inviato/)
    expect(await outgoing(id)).to.have.length(1)
    expect(await filingOf(site.platform, id)).to.include({ state: 'accepted' })
    const outcomes = (await documentsOf(site.platform, id)).filter(({ kind }) => kind === 'outcome')
    expect(outcomes).to.have.length(1)

    const page = await citizen.get(`/pratiche/${id}`)
    expect(page.text).to.include('Accettata').and.include('Firmato da Roberta Villa')
    const address = `${site.platform.url}/pratiche/${id}/documenti/${String(outcomes[0]?._id)}`
    const file = join(folder, 'esito.pdf')
    writeFileSync(file, await bytesOf(citizen, address))
    const seen = execFileSync('pdfsig', [file], { encoding: 'utf8' })
    expect(seen.match(/Signature is Valid/g)).to.have.length(2)
    expect(seen).to.match(/Signature #1:[^#]*Roberta Villa[^#]*Signature #2:[^#]*Vallechiara/)
    const { signatures } = outcomes[0]?.['verification'] as Verification
    expect(signatures.map(({ indication, level }) => `${indication} ${level}`)).to.deep.equal(
      Array(2).fill('TOTAL-PASSED LT'),
    )
    expect(signatures[1]?.modifications, 'after the seal').to.deep.equal([
      { what: 'validation data added', allowed: true },
    ])
    const words = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
    expect(words).to.match(/Firmato digitalmente da Roberta Villa\s+Responsabile dell’Area amministrativa/)
    expect(execFileSync('pdffonts', [file], { encoding: 'utf8' }), 'every face embedded').not.to.match(
      / no +(yes|no) +/,
    )
  })

  it('go back unsigned with a reason, and come again', async () => {
    const [box = ''] = boxesOn(await list())
    const [id = '', asked = ''] = box.split(' ')
    const address = `/ufficio/firme/${id}/restituisci?del=${asked}`
    const form = { form: 'form.office-form' }
    expect((await head.submit(await head.get(address), {}, form)).text).to.include('Scrivi perché non firmi')
    await head.submit(await head.get(address), { motivo: 'Manca l’elenco dei documenti.' }, form)
    const headOf = async () => (await clerk.get(`/ufficio/pratiche/${id}`)).html.querySelector('.case-head')?.text
    expect(await headOf()).to.match(/Restituita senza firma[^]*da Roberta Villa: Manca l’elenco/)
    expect((await citizen.get(`/pratiche/${id}`)).text).not.to.include('Manca l’elenco')
    const [theirs, ours] = [
      await bundleOf(citizen, `/pratiche/${id}`),
      await bundleOf(clerk, `/ufficio/pratiche/${id}`),
    ]
    const words = ['Motivo ', 'Manca l’elenco']
    expect(words.filter((one) => ours.history.includes(one))).to.deep.equal(words)
    expect(
      words.filter((one) => theirs.history.includes(one)),
      'nothing that is no answer yet',
    ).to.deep.equal([])
    expect([theirs, ours].map(({ left }) => left.includes('scrive per sé'))).to.deep.equal([true, false])
    for (const { history } of [theirs, ours]) expect(verifyChain(JSON.parse(history) as HistoryEvent[])).to.equal(null)
    await step(id, 'accogli', { testo: 'Con l’elenco.' })
    expect(await headOf()).not.to.include('Restituita senza firma')
    const stale = await sign([box], DEMONSTRATION_PIN)
    expect(stale.text, 'what was seen is not what waits now').to.include('non aspetta più una firma')
    expect((await sign([await boxOf(id)], DEMONSTRATION_PIN)).text).to.include('Hai firmato un documento\n')
  })

  it('are not signed by whom the role is taken from meanwhile', async () => {
    const [first, second] = [await decided(7), await decided(8)]
    const { connection, signatures } = site.platform
    const her = { givenName: 'Roberta', office: 'segreteria-atti' }
    const given = await connection.collection('appointments').findOne(her)
    const giveTo = (cf: unknown) => connection.collection('appointments').updateOne(her, { $set: { cf } })
    if (!signatures) throw new Error('No remote signatures')
    let taken: Promise<unknown> | undefined
    signatures.faults.answer = (path) => {
      if (path === 'signatures/signHash') taken ??= giveTo('LNGMTT96H06D653K')
      return undefined
    }
    const page = await sign([await boxOf(first), await boxOf(second)], DEMONSTRATION_PIN)
    signatures.faults.answer = undefined
    await taken
    expect(page.status).to.equal(200)
    expect(page.text).to.include('Non hai più il ruolo per firmare questo documento')
    expect(await outgoing(second)).to.have.length(0)
    await giveTo(given?.['cf'])
    expect(await boxOf(second), 'it waits as before').not.to.equal('')
  })

  it('are signed together by one code, where the key asks for one, which is sent on request', async () => {
    const { signatures, codeOfVilla } = withCodes()
    const [first = '', second = '', third = ''] = boxesOn(await list())
    const without = await sign([first], DEMONSTRATION_PIN)
    expect(without.text).to.include('Nessun documento firmato').and.include('Scrivi il codice usa e getta')
    const asked = await sign([first, second], '', { azione: 'codice' })
    expect(asked.text).to.include('Codice inviato').and.include('5 al massimo')
    expect(asked.html.querySelectorAll('input[name=scelte][checked]'), 'still chosen').to.have.length(2)
    const none = await sign([first, second], DEMONSTRATION_PIN, { codice: '' })
    expect(none.status).to.equal(422)
    expect(none.html.querySelector('#codice-error')?.text).to.include('Scrivi il codice')
    const wrong = await sign([first, second], DEMONSTRATION_PIN, { codice: 'x' })
    expect(wrong.text).to.include('Nessun documento firmato').and.include('codice usa e getta non è giusto')
    expect(wrong.text).to.include('la firma non è stata autorizzata')
    await sign([first, second], '', { azione: 'codice' })
    signatures.calls.length = 0
    const signed = await sign([first, second], DEMONSTRATION_PIN, { codice: codeOfVilla() })
    expect(signed.text).to.include('Hai firmato 2 documenti\n')
    expect(signatures.calls.filter((call) => call === 'credentials/authorize')).to.have.length(1)
    for (const box of [first, second]) expect(await outgoing(box.split(' ')[0] ?? '')).to.have.length(1)

    signatures.faults.answer = (path) => (path === 'credentials/getChallenge' ? 'error' : undefined)
    const unsent = await sign([third], '', { azione: 'codice' })
    expect(unsent.html.querySelector('#codice-error')?.text).to.include('non risponde')
    signatures.faults.answer = undefined
  })

  it('keep the PIN nowhere, not even when the session ended meanwhile', async () => {
    const [box = ''] = boxesOn(await list())
    const page = await list()
    await endSession(site.platform, head)
    const typed = { scelte: box, pin: DEMONSTRATION_PIN, codice: 'codice-usa-e-getta-scritto' }
    const asked = await head.submit(page, typed, { form: 'form.office-form' })
    expect(asked.url).to.include('/accesso')
    const { connection } = site.platform
    for (const { name } of (await connection.db?.listCollections().toArray()) ?? []) {
      const documents = await connection.collection(name).find().toArray()
      for (const secret of [DEMONSTRATION_PIN, typed.codice])
        expect(JSON.stringify(documents).includes(secret), name).to.equal(false)
    }
  })

  it('a receipt waits for a seal that is away, and comes when it is back', async () => {
    const seal = join(site.platform.env['SEAL_KEYS'] ?? '', 'vallechiara')
    const away = { kind: 'pkcs11', module: 'key.pem', token: 'Non c’è', key: 'sigillo', pinFile: 'key.pem' }
    writeFileSync(join(seal, 'key.json'), JSON.stringify(away))
    const { visitor, id } = await sent(site.platform, 'Marco Rinaldi')
    const task = () => site.platform.connection.collection('outboxtasks').findOne({ key: `receipt:${id}` })
    const until = async (done: () => Promise<boolean>) => {
      for (let tries = 0; tries < 200 && !(await done()); tries += 1) await sleep(100)
    }
    await until(async () => Number((await task())?.['attempts'] ?? 0) > 0)
    expect(await filingOf(site.platform, id)).to.include({ receipt: null })
    rmSync(join(seal, 'key.json'))
    await until(async () => typeof (await filingOf(site.platform, id)).receipt === 'string')
    expect((await visitor.get(`/pratiche/${id}`)).text).to.include('Ricevuta')
    expect((await documentsOf(site.platform, id)).filter(({ kind }) => kind === 'receipt')).to.have.length(1)
  })

  async function bytesOf(visitor: Visitor, address: string): Promise<Buffer> {
    const cookie = [...(visitor.cookies.get(new URL(address).host) ?? [])].map(([name, value]) => `${name}=${value}`)
    const response = await fetch(address, { headers: { cookie: cookie.join('; ') } })
    return Buffer.from(await response.arrayBuffer())
  }
})
