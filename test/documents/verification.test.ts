import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import {
  buildReceipt,
  sealOf,
  verificationRoutes,
  type StoredDocument,
  type VerificationFacts,
} from '../../server/documents/index.ts'
import { ensureDevelopmentSeal } from '../../server/certificates/development-pki.ts'
import { createSigning } from '../../server/signing/index.ts'
import { createDocuments, type Documents } from '../../server/documents/index.ts'
import { newId } from '../../server/shared/ids.ts'
import { profiledFinds } from '../protocol/plan.ts'
import { expectAccessible, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { testDatabase } from '../support/database.ts'
import { modelsReady } from '../support/models.ts'
import { servePages } from '../support/page-server.ts'
import { municipality, receiptModel } from './models.ts'

const CODE = 'Zr8uPq1sVt6wYx3nKj5mLa'

describe('the public check of a document', () => {
  const database = testDatabase()
  const { visit } = testBrowser()
  const folder = mkdtempSync(join(tmpdir(), 'documents-'))
  const at = (name: string) => join(folder, name)
  let signing: ReturnType<typeof createSigning>
  let documents: Documents
  let receipt: StoredDocument
  let bytes: Buffer
  let site: Awaited<ReturnType<typeof servePages>>

  before(async () => {
    ensureDevelopmentSeal({
      authority: at('authority'),
      trust: at('trust'),
      seals: at('seals'),
      municipality,
      now: new Date(),
    })
    signing = createSigning({ trustAnchors: at('trust'), sealKeys: at('seals') })
    documents = createDocuments({ connection: database.connection, signing, now: () => new Date(), newId })
    await modelsReady(database.connection)
    const { bytes: sealed } = await signing.seal(await buildReceipt(receiptModel), {
      municipality: municipality.id,
      name: municipality.name,
      reason: 'Ricevuta',
    })
    const place = {
      municipality: municipality.id,
      filing: 'f1',
      at: receiptModel.protocol.at,
      mediaType: 'application/pdf',
    }
    receipt = await documents.store(sealed, { ...place, kind: 'receipt', name: 'ricevuta.pdf' })
    await documents.store(Buffer.from('%PDF-1.7 di una persona'), {
      ...place,
      kind: 'attachment',
      name: 'personale.pdf',
    })
    bytes = await documents.bytes(receipt)
    const find = async (id: string, code: string) => (id === municipality.id && code === CODE ? facts() : undefined)
    site = await servePages({
      municipality,
      person: 'Carla',
      pages: [
        [
          '/verifica',
          verificationRoutes({ reveal: async () => undefined, find, documents, annulledAt: async () => null }),
        ],
      ],
    })
  })
  after(async () => {
    await site.close()
    rmSync(folder, { recursive: true })
  })

  const facts = (): VerificationFacts => ({
    municipality: municipality.name,
    office: 'Sportello unico',
    protocol: receiptModel.protocol,
    annulledAt: null,
    kind: 'Ricevuta di presentazione',
    sha256: receipt.sha256,
    seal: sealOf(receipt),
  })

  const get = (path: string, headers = {}) => fetch(`${site.origin}${path}`, { headers, redirect: 'manual' })
  const drop = (page: Page, name: string, buffer: Buffer) =>
    page.setInputFiles('#file-da-verificare', { name, mimeType: 'application/pdf', buffer })

  it('reads the seal on what we issued', () => {
    expect(sealOf(receipt)).to.include({ intact: true })
    expect(sealOf(receipt)!.signedBy).to.include('Vallechiara')
  })

  it('reads a document that was changed after the seal as not intact', async () => {
    const changed = Buffer.concat([bytes, Buffer.from('\n% aggiunta\n')])
    const verification = await signing.verify(changed, 'a.pdf')
    expect(sealOf({ ...receipt, verification })).to.include({ intact: false })
  })

  it('shows number, date, office, fingerprint and seal by the code, and nothing personal', async () => {
    const response = await get(`/verifica/${CODE}`)
    const html = await response.text()
    expect(response.status).to.equal(200)
    for (const shown of [
      '0001234/2026',
      'lunedì 2 marzo 2026, ore 10:15:32',
      'Sportello unico',
      receipt.sha256,
      'integro',
    ])
      expect(html).to.include(shown)
    for (const hidden of ['Paolo', 'Bianchi', 'BNCPLA75M12L378Q', 'Verdi', 'planimetria'])
      expect(html).not.to.include(hidden)
    expect(response.headers.get('cache-control')).to.equal('no-store')
    expect(response.headers.get('x-robots-tag')).to.equal('noindex')
  })

  it('takes the code alone or the whole address that is printed', async () => {
    for (const typed of [CODE, ` ${CODE}\n`, `https://comune.it/verifica/${CODE}`]) {
      const response = await get(`/verifica?codice=${encodeURIComponent(typed)}`)
      expect(response.headers.get('location'), typed).to.equal(`/verifica/${CODE}`)
    }
    expect((await get('/verifica?codice=//evil.example')).status).to.equal(422)
  })

  it('says what is missing to whoever types nothing, or the number of the register', async () => {
    const told = async (query: string) => (await get(`/verifica?${query}`)).text()
    expect(await told('codice=0000012%2F2026')).to.include('Questo è il numero di protocollo. Qui serve il codice')
    expect(await told('codice=+')).to.include('Scrivi il codice: è alla fine dell’indirizzo')
    expect(await told('codice=AAAA')).to.include('Il codice non è completo')
    expect(await told('impronta=')).to.include('Scrivi l’impronta del file')
  })

  it('says that an unknown code is not ours', async () => {
    const response = await get('/verifica/AAAAAAAAAAAAAAAAAAAAAA')
    expect(response.status).to.equal(404)
    expect(await response.text()).to.include('Nessun documento con questo codice')
  })

  it('knows what we issued by its fingerprint, as tools print it', async () => {
    const spaced = receipt.sha256.toUpperCase().replaceAll(/(..)/g, '$1 ')
    expect(await (await get(`/verifica?impronta=${encodeURIComponent(spaced)}`)).text()).to.include(
      'Questo file è stato emesso dal Comune di Vallechiara',
    )
    const unreadable = await get('/verifica?impronta=abc')
    expect(unreadable.status).to.equal(422)
    const html = await unreadable.text()
    expect(html).to.match(/<title>Errore: Verifica un documento -[\s\S]*<h1>Verifica un documento</)
    expect(html, 'the way to what is wrong').to.include('href="#impronta"')
    expect(html, 'said at its field').to.match(/id="impronta"[^>]*impronta-error"[^>]*aria-invalid="true"/)
  })

  it('does not tell whether a person ever sent a file', async () => {
    const sha256 = createHash('sha256').update('%PDF-1.7 di una persona').digest('hex')
    expect(await (await get(`/verifica?impronta=${sha256}`)).text()).to.include('non è stato emesso da noi')
  })

  it('reads none of the files that people sent, however many have that fingerprint', async () => {
    const sha256 = createHash('sha256').update('%PDF-1.7 di una persona').digest('hex')
    const ask = () => get(`/verifica?impronta=${sha256}`)
    const [find] = await profiledFinds(database.connection, ask, 'documents')
    expect(find).to.include({ docsExamined: 0, nreturned: 0 })
  })

  for (const width of [320, 1280] as const) {
    it(`checks a file in the browser, which sends only its fingerprint, at ${width} px`, async () => {
      const page = await visit({ javascript: true, width })
      const sent: string[] = []
      page.on('request', (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`))
      await page.goto(`${site.origin}/verifica`)
      await drop(page, 'ricevuta.pdf', bytes)
      await page.getByText('Questo file è stato emesso dal Comune di Vallechiara').waitFor()
      await drop(page, 'ricevuta.pdf', Buffer.concat([bytes, Buffer.from(' ')]))
      await page.getByText('Questo file non è stato emesso da noi').waitFor()
      expect(sent.filter((line) => !line.startsWith('GET'))).to.deep.equal([])
      expect(sent.filter((line) => line.includes('impronta'))).to.have.length(2)
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    })

    it(`explains how to do it by hand without scripts, at ${width} px`, async () => {
      const page = await visit({ javascript: false, width })
      await page.goto(`${site.origin}/verifica/${CODE}`)
      expect(await page.locator('#file-da-verificare').isVisible()).to.equal(false)
      await page.getByLabel('Impronta SHA-256 del file').fill(receipt.sha256)
      await page.getByRole('button', { name: 'Confronta l’impronta' }).click()
      await page.getByText('Questo file è stato emesso dal Comune di Vallechiara').waitFor()
      await expectNoSidewaysScroll(page)
    })
  }
})
