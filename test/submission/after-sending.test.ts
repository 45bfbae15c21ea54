import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { isSecondCode, secondCodeOf } from '../../server/submission/second-code.ts'
import { download } from '../bundles/archive.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import { eventually } from '../support/eventually.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'
import {
  begunIn,
  documentsOf,
  filingOf,
  filings,
  loggedIn,
  readyIn,
  receiptMade,
  REPORTED,
} from '../filings/citizen.ts'

type Sent = { id: string; visitor: Visitor }

describe('what can be had of a filing that was sent', () => {
  // As behind a proxy, so that visitors may come from several networks.
  const site = testPlatform({ env: { TRUST_PROXY: '1' } })
  let sent: Sent
  let codes: { verificationCode: string; secondCode: string }

  before(async () => {
    const { platform } = site
    const { visitor } = await loggedIn(platform, 'Giulia Conti', '/area-personale')
    const draft = await readyIn(await begunIn(visitor), { immagini: new File([JPEG_BYTES], 'buca.jpg') })
    await visitor.submit(draft.summary)
    sent = { id: draft.id, visitor }
    await receiptMade(platform, draft.id)
    codes = (await filingOf(platform, draft.id)) as unknown as typeof codes
  })

  const get = (visitor: Visitor, path: string) => download(visitor, new URL(path, site.platform.url))
  const textOf = (pdf: Buffer): string => execFileSync('pdftotext', ['-', '-'], { input: pdf }).toString()

  it('a copy with the protocol mark: made once, sealed, verified; the original as it was', async () => {
    const { platform } = site
    const photo = (await documentsOf(platform, sent.id)).find(({ kind }) => kind === 'attachment')
    expect(photo, 'nothing removes it any more').to.include({ registered: true })
    const page = await sent.visitor.get(`/pratiche/${sent.id}`)
    const way = `/pratiche/${sent.id}/documenti/${String(photo?._id)}`
    expect(page.html.querySelector(`a[href="${way}/copia"]`)?.text).to.include('Copia con segnatura')
    // Whoever presses again while it is made is given the same.
    const [first, again] = await Promise.all([get(sent.visitor, `${way}/copia`), get(sent.visitor, `${way}/copia`)])
    expect(again.bytes.equals(first.bytes)).to.equal(true)
    expect(first.response.headers.get('content-type')).to.equal('application/pdf')
    expect(first.response.headers.get('content-disposition')).to.include('buca.jpg-frontespizio.pdf')
    expect(textOf(first.bytes))
      .to.include('Frontespizio di protocollo')
      .and.to.match(/\d{7}\/\d{4}/)
    const [copy, ...others] = await documentsOf(platform, String(photo?._id))
    expect(others).to.deep.equal([])
    expect(copy).to.deep.include({ kind: 'marked-copy' })
    expect((copy as unknown as { verification: { verdict: string } }).verification.verdict).to.equal('TOTAL-PASSED')
    expect((await get(sent.visitor, `${way}/copia`)).bytes.equals(first.bytes)).to.equal(true)
    expect((await get(sent.visitor, way)).bytes.equals(JPEG_BYTES)).to.equal(true)
    const issued = async (bytes: Buffer) =>
      (await platform.visitor().get(`/verifica?impronta=${createHash('sha256').update(bytes).digest('hex')}`)).text
    expect(await issued(first.bytes)).to.include('una copia con segnatura di protocollo')
    expect(await issued(JPEG_BYTES)).to.include('non è stato emesso da noi')
  })

  it('word at the address that its sender wrote in it, whatever their identity says', async () => {
    const { platform } = site
    const { visitor, step, id } = await begunIn((await loggedIn(platform, 'Marco Rinaldi', '/area-personale')).visitor)
    const author = await visitor.submit(step, REPORTED, { button: 'Avanti' })
    const email = 'marco@lavoro.example'
    const summary = await visitor.submit(author, { 'recapiti.email': email }, { button: 'Avanti' })
    expect((await visitor.submit(summary)).html.querySelector('.confirmation .summary-list')?.text).to.include(email)
    const told = () => platform.connection.collection('messages').findOne({ filing: id })
    await eventually(async () => expect((await told())?.['to']).to.include({ email }))
    const promised = async () => (await visitor.get(`/pratiche/${id}/inviata`)).text
    expect(await promised()).to.include('Ti avviseremo per e-mail e nella tua area personale')
    await filings(platform).updateOne({ _id: id }, { $unset: { 'filer.email': '' } as never })
    expect(await promised(), 'without an address').to.include('Ti avviseremo nella tua area personale')
  })

  it('the last page of its service, with what comes next and by which day', async () => {
    const { html } = await sent.visitor.get(`/pratiche/${sent.id}/inviata`)
    const texts = (selector: string) => html.querySelectorAll(selector).map(({ text }) => text.trim())
    expect(texts('h1')).to.deep.equal(['Segnalazione inviata'])
    expect(texts('[data-element="breadcrumb"] a')).to.deep.equal(['Home', 'Servizi', 'Segnalazione di disservizio'])
    expect(texts('.timeline-title')).to.deep.equal([
      'Richiesta inviata e protocollata (fatto)',
      'Risposta del Comune (da fare)',
    ])
    expect(texts('.timeline-date').at(-1)).to.match(/^entro \w+/)
  })

  it('each attachment under what the form asked for, for its filer and for the office', async () => {
    const { visitor: officer } = await loggedIn(site.platform, 'Matteo Longo', '/ufficio')
    for (const page of [
      await sent.visitor.get(`/pratiche/${sent.id}`),
      await officer.get(`/ufficio/pratiche/${sent.id}`),
    ])
      expect(page.html.querySelectorAll('.file-kind').map(({ text }) => text)).to.include('Allegato: Immagini')
  })

  it('its place in the list of one’s own, found by its number without a script', async () => {
    const { visitor, id } = sent
    const { protocol } = await filingOf(site.platform, id)
    const list = await visitor.get('/area-personale/pratiche')
    const found = await visitor.submit(list, { numero: `${protocol?.number ?? 0}/${protocol?.year ?? 0}` })
    expect(found.html.querySelectorAll('.filing-row a').map((one) => one.getAttribute('href'))).to.deep.equal([
      `/pratiche/${id}`,
    ])
    const none = await visitor.submit(found, { numero: '999/1999' })
    expect(none.text).to.include('Nessuna pratica con questo numero')
    expect((await visitor.follow(none, 'Mostra tutte le pratiche')).body).to.include(`/pratiche/${id}`)
  })

  it('a copy only by whoever may read the filing, and only of what is registered', async () => {
    const { platform } = site
    const receipt = (await filingOf(platform, sent.id)).receipt ?? ''
    const [paper] = (await documentsOf(platform, sent.id)).map(({ _id }) => ({ _id }))
    const way = `/pratiche/${sent.id}/documenti/${String(paper?._id)}/copia`
    const { visitor: other } = await loggedIn(platform, 'Marco Rinaldi', '/area-personale')
    expect((await other.get(way)).status).to.equal(404)
    expect((await other.get(`/ufficio${way}`)).status).to.equal(404)
    expect((await sent.visitor.get(`/pratiche/${sent.id}/documenti/${receipt}/copia`)).status).to.equal(404)
    const { visitor: officer } = await loggedIn(platform, 'Matteo Longo', '/ufficio')
    expect((await get(officer, `/ufficio${way}`)).bytes.subarray(0, 5).toString()).to.equal('%PDF-')
    await documentsCollection().updateOne(paper ?? {}, { $set: { scan: 'pending' } })
    expect((await sent.visitor.get(way)).status).to.equal(409)
    await documentsCollection().updateOne(paper ?? {}, { $unset: { scan: 1 } })
  })
  const documentsCollection = () => site.platform.connection.collection('documents')

  it('parties and documents on the public page, by the second code on the receipt and only by that', async () => {
    const { platform } = site
    const receipt = (await documentsOf(platform, sent.id)).find(({ kind }) => kind === 'receipt')
    const { bytes } = await get(sent.visitor, `/pratiche/${sent.id}/documenti/${String(receipt?._id)}`)
    expect(textOf(bytes)).to.include(codes.secondCode)
    const anybody = platform.visitor()
    const page = await anybody.get(`/verifica/${codes.verificationCode}`)
    expect(page.text).to.include('Hai anche il codice riservato?').and.not.to.include('Giulia')
    const form = { form: 'form[method=post]' }
    const wrong = await anybody.submit(page, { 'codice-riservato': 'AAAA-BBBB-CCCC' }, form)
    expect(wrong.status).to.equal(422)
    expect(wrong.text).to.include('non c’è nulla da mostrare').and.not.to.include('Giulia')
    const typed = codes.secondCode.toLowerCase().replaceAll('-', ' ')
    const right = await anybody.submit(wrong, { 'codice-riservato': typed }, form)
    expect(right.text).to.include('Giulia Conti').and.to.include('istanza.json').and.to.include('buca.jpg')
    expect(right.url).not.to.include(codes.secondCode)
    const taken = await fetch(new URL(`/verifica/${codes.verificationCode}/documento`, platform.url), {
      method: 'POST',
      body: new URLSearchParams({ 'codice-riservato': codes.secondCode }),
    })
    const sha256 = createHash('sha256')
      .update(Buffer.from(await taken.arrayBuffer()))
      .digest('hex')
    expect(sha256).to.equal(receipt?.['sha256'])
  })

  it('nothing after five wrong codes from one network, not even by the right one; who comes from elsewhere is not locked out', async () => {
    const send = (second: string, { from = '192.0.2.7', path = '', code = codes.verificationCode } = {}) =>
      fetch(new URL(`/verifica/${code}${path}`, site.platform.url), {
        method: 'POST',
        body: new URLSearchParams({ 'codice-riservato': second }),
        headers: { 'x-forwarded-for': from },
      })
    const tries = await Promise.all(Array.from({ length: 12 }, () => send('AAAA-BBBB-CCCC')))
    expect(tries.filter(({ status }) => status === 422)).to.have.length(5)
    const late = await send(codes.secondCode)
    expect(late.status).to.equal(429)
    expect(await late.text())
      .to.include('Troppi tentativi da questa rete')
      .and.not.include('Giulia')
    const paper = await send(codes.secondCode, { path: '/documento' })
    expect([paper.status, (await paper.text()).includes('Troppi tentativi da questa rete')]).to.deep.equal([429, true])
    const owner = await send(codes.secondCode, { from: '198.51.100.4' })
    expect([owner.status, (await owner.text()).includes('Giulia Conti')]).to.deep.equal([200, true])
    for (let tries = 0; tries < 6; tries += 1)
      expect((await send('AAAA-BBBB-CCCC', { code: 'nessunodiquesti1234567' })).status).to.equal(404)
  })
})

describe('a second code', () => {
  it('has 60 bits in letters that nobody mistakes, and is known however it is typed', () => {
    const code = secondCodeOf('Zr8uPq1sVt6wYx3nKj5mLa')
    expect(code).to.match(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(secondCodeOf('Zr8uPq1sVt6wYx3nKj5mLb')).not.to.equal(code)
    expect(isSecondCode(` ${code.toLowerCase().replaceAll('-', '')} `, code)).to.equal(true)
    expect(isSecondCode('O1L0-0000-0000', '0110-0000-0000')).to.equal(true)
    expect(isSecondCode('', undefined)).to.equal(false)
    expect(isSecondCode('', code)).to.equal(false)
  })
})
