import { expect } from 'chai'
import { makePdf } from '../documents/files.ts'
import { pdf, stream, update } from '../signing/pdf-maker.ts'
import { personalSigner } from '../support/personal-signer.ts'
import { eventually } from '../support/eventually.ts'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { documentsOf, endSession, filingOf, loggedIn, logsInFrom, post, tokenIn, valueIn } from '../filings/citizen.ts'
import { decline, downloaded, idOf, invite, messagesTo, MINE, opened, sendBack } from './invited.ts'
import { broken, draftedScia, fileOf, TECHNICIAN, wantsBoth } from './signed-scia.ts'

const person = (givenName: string, familyName: string, cf: string | null) =>
  personalSigner({ givenName, familyName, cf })

describe('co-signing', () => {
  const site = testPlatform()
  const elena = person('Elena', 'Bruni', 'BRNLNE76A70A475D')
  const paolo = person('Paolo', 'Ferri', 'FRRPLA70M19L117N')
  const luca = person('Luca', 'Neri', TECHNICIAN.codiceFiscale)
  const nobody = person('Ann', 'Lee', null)
  let drawing: Buffer
  let mandate: Buffer
  let notice: Buffer
  let filer: Visitor
  let owner: Visitor
  let technician: Visitor

  before(async () => {
    ;[drawing, mandate] = [pdf(), await makePdf('Procura')]
    notice = await elena.signPdf(await makePdf('SCIA'))
    ;({ visitor: filer } = await loggedIn(site.platform, 'Elena Bruni', '/area-personale'))
    ;({ visitor: owner } = await loggedIn(site.platform, 'Paolo Ferri', '/area-personale'))
    ;({ visitor: technician } = await loggedIn(site.platform, 'Luca Neri', '/area-personale'))
  })

  /** A SCIA of Elena whose drawing waits for Luca and whose mandate for Paolo (or herself), on its summary. */
  const drafted = (files: Record<string, File> = {}) =>
    draftedScia(site.platform, filer, {
      'allegati.scia': fileOf(notice, 'scia.pdf'),
      'allegati.planimetria': fileOf(drawing, 'planimetria.pdf'),
      'allegati.procura': fileOf(mandate, 'procura.pdf'),
      ...files,
    })

  const names = async (id: string) => (await documentsOf(site.platform, id)).map(({ name }) => String(name)).sort()

  it('goes from the summary to the signer, and back signed', async () => {
    const { visitor, id, summary } = await drafted()
    expect(summary.text).to.include('Su «planimetria.pdf» manca la firma digitale di Luca Neri (tecnico).')
    expect(summary.text).to.include('Su «procura.pdf» serve la firma digitale di Paolo Ferri')
    const asked = await invite(visitor, summary, /^Invita a firmare \(Luca Neri/, 'luca@posta.example')
    expect(asked.text).to.match(/Invito mandato il .* anche a luca@posta\.example/)

    const page = await opened(technician, /planimetria/)
    expect(page.text).to.include('Elena Bruni').and.include('SCIA per l’apertura').and.include('tecnico')
    const bytes = await downloaded(technician, page)
    expect(bytes.equals(drawing)).to.equal(true)
    const before = await filingOf(site.platform, id)
    const done = await sendBack(technician, page, await luca.signPdf(bytes), 'planimetria-firmata.pdf')
    expect([done.status, done.url]).to.deep.equal([200, page.url])
    expect(done.text).to.include('Hai firmato questo documento')

    const after = await filingOf(site.platform, id)
    expect(after.revision).to.equal(before.revision + 1)
    expect(await names(id)).to.deep.equal(['notifica.pdf', 'planimetria-firmata.pdf', 'procura.pdf', 'scia.pdf'])
    for (const file of await documentsOf(site.platform, id)) expect(file).not.to.have.property('orphan')
    const again = await visitor.get(`/pratiche/${id}/riepilogo`)
    expect(again.text).not.to.include('manca la firma digitale di Luca Neri')
    expect(again.text).to.match(/Luca Neri\s+tecnico\s+Ha firmato/)
  })

  it('shows the signer one document and nothing else of the filing, and anybody else nothing', async () => {
    const { visitor, id, summary } = await drafted()
    await invite(visitor, summary, /^Invita a firmare \(Luca Neri/)
    const page = await opened(technician)
    const files = await documentsOf(site.platform, id)
    const own = files.find(({ name }) => name === 'planimetria.pdf')
    const theirs = [
      ...['', '/riepilogo', '/modulo/documenti', '/modulo/impresa', '/elimina', '/inviata', '/firme'],
      ...files.map(({ _id }) => `/documenti/${String(_id)}`),
    ].map((rest) => `/pratiche/${id}${rest}`)
    for (const path of theirs) expect((await technician.get(path)).status, path).to.equal(404)
    for (const path of ['invia', 'elimina', 'firme']) {
      const sent = await post(technician, `/pratiche/${id}/${path}`, {
        _csrf: tokenIn(page),
        documento: String(own?._id),
      })
      expect(sent.status, path).to.equal(404)
    }
    for (const path of [page.url, `${page.url}/documento`]) {
      expect((await owner.get(path)).status, path).to.equal(404)
      expect((await visitor.get(path)).status, 'who asked is not who signs').to.equal(404)
      expect((await site.platform.visitor().get(path)).url, 'without a login').to.include('/accesso')
    }
    const stranger = await opened(owner, /./).catch(() => null)
    expect(stranger?.url ?? '').not.to.equal(page.url)
    expect((await sendBack(owner, page, drawing)).status, 'by another hand').to.be.oneOf([403, 404])
  })

  it('is asked once however often one presses, told once, and can be taken back', async () => {
    const { visitor, id, summary } = await drafted()
    const invitations = site.platform.connection.collection('signatureInvitations')
    await Promise.all([1, 2, 3].map(() => invite(visitor, summary, /^Invita a firmare \(Paolo Ferri/)))
    expect(await invitations.countDocuments({ filing: id })).to.equal(1)
    const page = await opened(owner)
    const again = await visitor.get(`/pratiche/${id}/riepilogo`)
    const withdrawn = await visitor.submit(again, {}, { button: /^Ritira l’invito/ })
    expect(withdrawn.text).to.include('Invita a firmare (Paolo Ferri')
    expect((await owner.get(MINE)).text, 'by its name').to.match(/Già conclusi\s+procura\.pdf/)
    const gone = await owner.get(page.url)
    expect(gone.text).to.match(/Documento «procura\.pdf»[^]*ha ritirato l’invito/)
    expect(gone.html.querySelector('input[type=file]')).to.equal(null)
    expect((await owner.get(`${page.url}/documento`)).status).to.equal(404)
    const late = await sendBack(owner, page, await paolo.signPdf(mandate))
    expect([late.status, late.text.includes('ha ritirato')]).to.deep.equal([409, true])
    const refused = await decline(owner, page)
    expect([refused.status, refused.text.includes('ha ritirato')]).to.deep.equal([409, true])
    expect(refused.html.querySelector('.error-summary a')?.text, 'a field that is not there').to.equal(undefined)
    await eventually(async () => {
      const told = (subject: string) => messagesTo(site.platform, 'FRRPLA70M19L117N', subject)
      expect(await told('C’è un documento da firmare')).to.have.length(1)
      expect(await told('Una firma non serve più')).to.have.length(1)
    })
  })

  it('asks nobody whom the procedure does not want to sign, and keeps a wrong address to be mended', async () => {
    const { visitor, id, summary } = await drafted()
    const wrong = await invite(visitor, summary, /^Invita a firmare \(Paolo Ferri/, 'paolo@')
    expect([wrong.status, wrong.text.includes('L’indirizzo e-mail non è corretto')]).to.deep.equal([422, true])
    expect(wrong.html.querySelector('.error-summary a[href="#firme-errore"]')?.text).to.include('e-mail')
    expect(wrong.html.querySelector('#firme-errore[aria-invalid=true]')?.getAttribute('value')).to.equal('paolo@')
    const email = 'paolo@posta.example'
    await endSession(site.platform, visitor)
    const access = await invite(visitor, summary, /^Invita a firmare \(Paolo Ferri/, email)
    const parked = await logsInFrom(visitor, access, 'Elena Bruni')
    expect(parked.html.querySelector('#firme-errore')?.getAttribute('value'), 'after the login').to.equal(email)
    expect(parked.text).to.include('Non abbiamo ancora ricevuto')
    const [drawn] = (await documentsOf(site.platform, id)).filter(({ name }) => name === 'planimetria.pdf')
    for (const firmatario of ['FRRPLA70M19L117N', 'BRNLNE76A70A475D', ''])
      expect(
        (
          await post(visitor, `/pratiche/${id}/firme`, {
            _csrf: tokenIn(parked),
            documento: String(drawn?._id),
            firmatario,
          })
        ).status,
      ).to.equal(422)
    expect(await site.platform.connection.collection('signatureInvitations').countDocuments({ filing: id })).to.equal(0)
  })

  it('takes only that document with the signer’s own signature', async () => {
    const { visitor, id, summary } = await drafted()
    await invite(visitor, summary, /^Invita a firmare \(Luca Neri/)
    const page = await opened(technician)
    const before = await filingOf(site.platform, id)
    const stretched = update(drawing, { 4: stream('', 'BT /F1 18 Tf 20 100 Td (Devo 900 euro) Tj ET') })
    const cases: [string, Uint8Array, string, RegExp][] = [
      ['not signed', drawing, 'planimetria.pdf', /non è firmato/],
      [
        'of somebody else',
        await paolo.signPdf(drawing),
        'firmato.pdf',
        /con il tuo codice fiscale: c’è quella di Paolo Ferri/,
      ],
      [
        'without a tax code',
        await nobody.signPdf(drawing),
        'firmato.pdf',
        /manda il file firmato a chi ti ha invitato/,
      ],
      ['another document', await luca.signPdf(mandate), 'firmato.pdf', /il contenuto è diverso/],
      ['changed before it was signed', await luca.signPdf(stretched), 'firmato.pdf', /il contenuto è diverso/],
      ['another document in a p7m', luca.signP7m(mandate), 'firmato.pdf.p7m', /il contenuto è diverso/],
      ['broken', broken(await luca.signPdf(drawing)), 'firmato.pdf', /danneggiata/],
    ]
    for (const [what, bytes, name, told] of cases) {
      const refused = await sendBack(technician, page, bytes, name)
      expect(refused.status, what).to.equal(422)
      expect(refused.text, what).to.match(told)
    }
    const nothing = await technician.submit(page, {})
    expect([nothing.status, nothing.text.includes('Scegli il file firmato')]).to.deep.equal([422, true])
    expect(await filingOf(site.platform, id)).to.deep.equal(before)
    expect(await site.platform.connection.collection('documents').countDocuments({ filing: idOf(page) })).to.equal(0)

    const done = await sendBack(technician, page, luca.signP7m(drawing), 'planimetria.pdf.p7m')
    expect(done.text).to.include('Hai firmato questo documento')
  })

  it('loses nothing when two sign the same version: the second is told, and signs the new one', async () => {
    const { visitor, id } = await drafted()
    await wantsBoth(site.platform, id)
    await invite(visitor, await visitor.get(`/pratiche/${id}/riepilogo`), /^Invita a firmare \(Paolo Ferri, procura/)
    await invite(visitor, await visitor.get(`/pratiche/${id}/riepilogo`), /^Invita a firmare \(Luca Neri, procura/)
    const pages = await Promise.all([owner, technician].map((one) => opened(one, /procura/)))
    const [first, second] = pages as [Page, Page]
    const [byPaolo, byLuca] = [await paolo.signPdf(mandate), await luca.signPdf(mandate)]
    const answers = await Promise.all([sendBack(owner, first, byPaolo), sendBack(technician, second, byLuca)])
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409])
    const [slow, page] = answers[0].status === 409 ? ([owner, first] as const) : ([technician, second] as const)
    const told = answers.find(({ status }) => status === 409)
    expect(told?.text).to.include('Nel frattempo ha firmato un’altra persona')

    const stale = await sendBack(slow, page, slow === owner ? byPaolo : byLuca)
    expect(stale.status).to.equal(409)
    expect(stale.text).to.match(slow === owner ? /manca la firma di Luca Neri/ : /manca la firma di Paolo Ferri/)
    const bytes = await downloaded(slow, stale)
    const pushed = slow === owner ? await paolo.signPdf(mandate) : await luca.signPdf(mandate)
    expect((await sendBack(slow, stale, pushed)).status, 'nobody pushes the other out').to.equal(422)
    const last = await sendBack(slow, stale, await (slow === owner ? paolo : luca).signPdf(bytes))
    expect(last.text).to.include('Hai firmato questo documento')
    const summary = await visitor.get(`/pratiche/${id}/riepilogo`)
    expect(summary.text).not.to.include('procura.pdf» manca')
    expect(summary.text.match(/Ha firmato/g)?.length).to.be.greaterThan(2)
  })

  it('goes on through p7m, in any order, and ends when the filer replaces the file or sends the request', async () => {
    const both = { 'allegati.planimetria': fileOf(paolo.signP7m(drawing), 'planimetria.pdf.p7m') }
    const { visitor, id, summary } = await drafted(both)
    const asked = await invite(visitor, summary, /^Invita a firmare \(Luca Neri/)
    await invite(visitor, asked, /^Invita a firmare \(Paolo Ferri/)
    const [page, spare] = [await opened(technician), await opened(owner)]
    const around = luca.signP7m(await downloaded(technician, page))
    expect((await sendBack(technician, page, around, 'planimetria.pdf.p7m.p7m')).text).to.include(
      'Hai firmato questo documento',
    )

    const step = await visitor.get(`/pratiche/${id}/modulo/documenti`)
    const own = { 'allegati.procura': fileOf(await elena.signPdf(mandate), 'procura-elena.pdf') }
    const emptied = await visitor.submit(step, {}, { button: 'Elimina procura.pdf' })
    await visitor.submit(emptied, own, { button: 'Avanti' })
    const lapsed = await owner.get(spare.url)
    expect(lapsed.text).to.include('ha tolto o sostituito questo documento')
    expect((await sendBack(owner, spare, await paolo.signPdf(mandate))).status).to.equal(409)
    const refused = await decline(owner, spare)
    expect([refused.status, refused.text.includes('ha tolto o sostituito')]).to.deep.equal([409, true])

    const confirmed = await visitor.submit(
      await visitor.get(`/pratiche/${id}/riepilogo`),
      {},
      { button: 'Conferma e invia' },
    )
    expect(confirmed.text).to.match(/Richiesta inviata/)
    await site.platform.connection
      .collection<{ _id: string }>('signatureInvitations')
      .updateOne({ _id: idOf(page) }, { $set: { state: 'open' } })
    expect((await technician.get(page.url)).text).to.include('è già stata inviata')
    expect((await technician.get(`${page.url}/documento`)).status).to.equal(404)
    const late = await decline(technician, page)
    expect([late.status, late.text.includes('è già stata inviata')]).to.deep.equal([409, true])
  })

  it('can be refused, once, with a reason that whoever asked reads, and be asked for again', async () => {
    const { visitor, id } = await drafted()
    await wantsBoth(site.platform, id)
    const summary = () => visitor.get(`/pratiche/${id}/riepilogo`)
    await invite(visitor, await summary(), /^Invita a firmare \(Paolo Ferri, procura/)
    await invite(visitor, await summary(), /^Invita a firmare \(Luca Neri, procura/)
    const [page, other] = [await opened(owner, /procura/), await opened(technician, /procura/)]
    const long = await decline(owner, page, 'è'.repeat(501))
    expect([long.status, valueIn(long, 'motivo').length]).to.deep.equal([422, 501])
    expect(long.html.querySelector('.error-summary a[href="#motivo"]')?.text).to.include('Al massimo 500 caratteri')
    await endSession(site.platform, owner)
    const access = await decline(owner, page, 'Non è \u202ela mia ditta.\r\nChiedi a Luca.')
    const parked = await logsInFrom(owner, access, 'Paolo Ferri')
    expect(parked.text).to.include('Non abbiamo ancora ricevuto')
    const twice = await Promise.all([1, 2].map(() => owner.submit(parked, {}, { button: 'Non firmo' })))
    for (const { status, url, text, html } of [...twice, await decline(owner, parked, 'Ci ho ripensato.')]) {
      expect([status, url, html.querySelectorAll('main form').length]).to.deep.equal([200, page.url, 0])
      expect(text).to.match(
        /Hai detto di non voler firmare[^]*Rifiutato il\s+\d[^]*Non è la mia ditta\.\s+Chiedi a Luca\./,
      )
    }
    expect((await owner.get(MINE)).text).to.match(/Già conclusi[^]*Rifiutato/)
    const late = await sendBack(owner, parked, await paolo.signPdf(mandate))
    expect([late.status, late.text.includes('Hai detto di non voler firmare')]).to.deep.equal([409, true])
    await eventually(async () => {
      const told = await messagesTo(site.platform, 'BRNLNE76A70A475D', 'Paolo Ferri non vuole firmare')
      expect(told).to.have.length(1)
      expect(told[0]).to.include('«procura.pdf»').and.include('Ha scritto: «Non è la mia ditta.\nChiedi a Luca.»')
    })

    await sendBack(technician, other, await luca.signPdf(mandate))
    const refused = await summary()
    expect(refused.text, 'of the version that Luca has signed').to.match(/Paolo Ferri\s+titolare\s+Non vuole firmare/)
    expect(refused.text).to.match(/Ha detto di non voler firmare (il |l’)\d[^]*Chiedi a Luca\./)
    const asked = await invite(visitor, refused, /^Invita a firmare \(Paolo Ferri, firmato/)
    expect(asked.text).to.match(/Paolo Ferri\s+titolare\s+In attesa della firma/)
    const again = await opened(owner, /firmato/)
    await sendBack(owner, again, await paolo.signPdf(await downloaded(owner, again)))
    expect((await summary()).text).to.match(/Paolo Ferri\s+titolare\s+Ha firmato/)
  })

  it('lets a signature without a tax code pass, and the office is told to look at it', async () => {
    const anonymous = { 'allegati.planimetria': fileOf(await nobody.signPdf(drawing), 'planimetria.pdf') }
    const own = { 'allegati.procura': fileOf(await elena.signPdf(mandate), 'procura.pdf') }
    const { visitor, id, summary } = await drafted({ ...anonymous, ...own })
    expect(summary.text).to.match(/Luca Neri\s+tecnico\s+Firma da controllare/)
    const sent = await visitor.submit(summary, {}, { button: 'Conferma e invia' })
    expect(sent.text).to.match(/Richiesta inviata/)
    const { visitor: officer } = await loggedIn(site.platform, 'Simone Barbieri', '/ufficio')
    expect((await officer.get(`/ufficio/pratiche/${id}`)).text).to.include(
      'Nessun codice fiscale conferma la firma di Luca Neri (tecnico): va controllata.',
    )
  })

  it('tells who asked that somebody signed, and leaves nothing of a draft that is discarded', async () => {
    const { visitor, id, summary } = await drafted()
    await invite(visitor, summary, /^Invita a firmare \(Luca Neri/)
    const page = await opened(technician)
    await sendBack(technician, page, await luca.signPdf(drawing))
    const told = ['BRNLNE76A70A475D', 'Luca Neri ha firmato'] as const
    await eventually(async () => expect(await messagesTo(site.platform, ...told)).not.to.be.empty)
    const question = await visitor.get(`/pratiche/${id}/elimina`)
    expect(question.text, 'which of several').to.match(/Salvata (?:il |l’)\d\d\/\d\d\/\d{4}, \d\d:\d\d\./)
    expect((await visitor.submit(question)).text).to.include('La bozza è stata eliminata')
    const gone = await technician.get(page.url)
    expect([gone.status, gone.text.includes('non c’è più niente da firmare')]).to.deep.equal([404, true])
    expect((await technician.follow(gone, 'Vai ai documenti da firmare')).status).to.equal(200)
    expect(await site.platform.connection.collection('signatureInvitations').countDocuments({ filing: id })).to.equal(0)
  })
})
