import { expect } from 'chai'
import { logIn } from '../support/login.ts'
import { testPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'
import { JPEG_BYTES } from '../documents/files.ts'
import { loggedIn, receiptMade, sent } from './citizen.ts'
import { putDocument, signedFiles } from './signed-files.ts'

describe('the page of a document’s signatures', () => {
  const context = testPlatform()
  const at = { filing: '', citizen: undefined as Visitor | undefined, officer: undefined as Visitor | undefined }
  const put = (bytes: Buffer, name: string, type?: string) =>
    putDocument(context.platform, at.filing, { bytes, name, ...(type ? { type } : {}) })
  const asOfficer = (document: string, more = '') =>
    at.officer!.get(`/ufficio/pratiche/${at.filing}/documenti/${document}/firma${more}`)
  const asFiler = (document: string) => at.citizen!.get(`/pratiche/${at.filing}/documenti/${document}/firma`)
  before(async () => {
    const { visitor, id } = await sent(context.platform, 'Giulia Conti')
    at.filing = id
    at.citizen = visitor
    await receiptMade(context.platform, id)
    at.officer = context.platform.visitor()
    await logIn(at.officer, 'Matteo Longo', '/ufficio')
  })

  it('says what each signature is worth, with who, when and by which list', async () => {
    const { id } = await put(signedFiles(context.platform).nested, 'relazione.txt.p7m')
    const { text, html } = await asOfficer(id)
    expect(text).to.match(/Verifica non conclusa/)
    expect(text).to.match(/Anna Verdi[\s\S]*Mario Rossi[\s\S]*Firma digitale valida/)
    expect(text).to.match(/RSSMRA80A01H501U/)
    expect(text).to.match(/IT, n\.\s1 del/)
    expect(text).to.match(/La verifica sarà ripetuta da sola/)
    expect(html.querySelectorAll('main .signature h3').map((one) => one.text)).to.deep.equal([
      'Anna Verdi',
      'Mario Rossi',
    ])
  })

  it('keeps every report: the office asks again, the first stays to be seen', async () => {
    const { id } = await put(signedFiles(context.platform).nested, 'seconda.txt.p7m')
    const again = await at.officer!.submit(await asOfficer(id), {}, { button: 'Verifica di nuovo' })
    expect(again.text).to.match(/Verifica ripetuta[\s\S]*questa[\s\S]*All’arrivo/)
    const first = await at.officer!.follow(again, /^All’arrivo/)
    expect(first.text).to.match(/All’arrivo[^\n]*\(questa\)/)
    expect((await asOfficer(id, '?rapporto=7')).status).to.equal(404)
  })

  it('gives the reports for machines, to be saved only', async () => {
    const { id } = await put(signedFiles(context.platform).good, 'buona.txt.p7m')
    const json = await asOfficer(id, '/rapporto.json')
    expect(JSON.parse(json.body)).to.include({ verdict: 'TOTAL-PASSED', format: 'CAdES' })
    const xml = await asOfficer(id, '/rapporto.xml')
    expect(xml.body).to.match(/mainindication:total-passed/)
    for (const { headers } of [json, xml]) {
      expect(headers.get('content-type')).to.equal('application/octet-stream')
      expect(headers.get('content-disposition')).to.match(/^attachment/)
    }
  })

  it('is simpler for who filed, and not there for anybody else', async () => {
    const { id } = await put(signedFiles(context.platform).broken, 'rotta.txt.p7m')
    const { text } = await asFiler(id)
    expect(text).to.match(/Firma non valida/)
    expect(text).not.to.match(/Algoritmi|Verifica di nuovo/)
    expect(await at.citizen!.get(`/pratiche/${at.filing}`).then((page) => page.text)).to.match(/Verifica delle firme/)
    const stranger = await loggedIn(context.platform, 'Marco Rinaldi', '/area-personale')
    const path = `/pratiche/${at.filing}/documenti/${id}/firma`
    expect((await stranger.visitor.get(path)).status).to.equal(404)
    expect((await stranger.visitor.get(`${path}/rapporto.json`)).status).to.equal(404)
  })

  it('says so when there is nothing to verify', async () => {
    const { id } = await put(JPEG_BYTES, 'foto.jpg', 'image/jpeg')
    const { text } = await asOfficer(id)
    expect(text.match(/Nessuna firma|non può contenere firme/g)).to.deep.equal([
      'Nessuna firma',
      'non può contenere firme',
    ])
    expect((await asOfficer(id, '/rapporto.json')).status).to.equal(404)
  })
})
