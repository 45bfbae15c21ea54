import { expect } from 'chai'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { testPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import {
  begun,
  filingOf,
  filings,
  loggedIn,
  post,
  ready,
  REPORT,
  REPORTED,
  tokenIn,
  valueIn,
} from '../filings/citizen.ts'

const TITLE = 'disservizio.titolo'
const megabytes = (count: number): string => 'a'.repeat(count * 1024 * 1024)
const WITH_LIST = 'accesso-documentale'
const DESCRIPTION = 'documenti.0.descrizione'

describe('input that does not fit', () => {
  const site = testPlatform()
  let visitor: Visitor
  let step: Page
  let id: string

  beforeEach(async () => {
    ;({ visitor, step, id } = await begun(site.platform, 'Giulia Conti'))
  })

  const stored = async () => filingOf(site.platform, id)
  /** The first step with these fields besides, as somebody would send it who is not held to the page. */
  const postStep = (fields: [string, string][]) =>
    post(visitor, `/pratiche/${id}/modulo/segnalazione`, [['_csrf', tokenIn(step)], ['revision', '0'], ...fields])
  const reported = Object.entries(REPORTED)
  const withoutTitle = reported.filter(([name]) => name !== TITLE)

  describe('addresses', () => {
    it('unknown procedure: card, beginning and posting', async () => {
      for (const path of ['/servizi/non-esiste', '/servizi/non-esiste/avvia', '/servizi/__proto__/avvia']) {
        const page = await visitor.get(path)
        expect(page.status, path).to.equal(404)
        expect(page.text, path).to.match(/Questo servizio non esiste o il Comune non lo offre online/)
      }
      const before = await filings(site.platform).countDocuments()
      const fields = { _csrf: tokenIn(step), privacy: 'letta', chiave: 'k' }
      expect((await post(visitor, '/servizi/non-esiste/avvia', fields)).status).to.equal(404)
      expect(await filings(site.platform).countDocuments()).to.equal(before)
    })

    it('none at all, as in OPTIONS *', async () => {
      const { hostname, port } = new URL(site.platform.url)
      for (const method of ['OPTIONS', 'GET']) {
        const asked = request({ hostname, port, method, path: '*' }).end()
        const [answer] = (await once(asked, 'response')) as [IncomingMessage]
        answer.resume()
        expect(answer.statusCode, method).to.equal(400)
      }
    })

    it('a list that is none: all are shown, as when none is asked for', async () => {
      for (const name of ['non-esiste', '__proto__', 'constructor']) {
        const page = await visitor.get(`/area-personale/pratiche?stato=${name}`)
        expect(page.status, name).to.equal(200)
        expect(page.body, name).to.include(`/pratiche/${id}`)
      }
    })

    it('unknown version of a procedure', async () => {
      await filings(site.platform).updateOne({ _id: id }, { $set: { 'procedure.version': 99 } as object })
      const page = await visitor.get(`/pratiche/${id}`)
      expect(page.status).to.equal(404)
      expect(page.text).to.match(/Questo servizio non esiste/)
      expect(page.html.querySelector('title')?.text).to.equal('Errore: Pagina non trovata - Comune di Vallechiara')
      expect((await postStep(reported)).status).to.equal(404)
      expect((await stored()).revision).to.equal(0)
    })

    it('unknown step, and a step out of order: the first open one is shown, nothing is saved', async () => {
      const first = `${site.platform.url}/pratiche/${id}/modulo/segnalazione`
      for (const name of ['autore', 'non-esiste', '__proto__', 'constructor']) {
        const address = `/pratiche/${id}/modulo/${name}`
        expect((await visitor.get(address)).url, name).to.equal(first)
        const fields = { _csrf: tokenIn(step), revision: '0', 'recapiti.email': 'altra@posta.example' }
        expect((await post(visitor, address, fields)).url, name).to.equal(first)
      }
      expect((await visitor.get(`/pratiche/${id}/riepilogo`)).url).to.equal(first)
      const refused = await post(visitor, `/pratiche/${id}/invia`, { _csrf: tokenIn(step) })
      expect(refused.status).to.equal(422)
      expect(refused.text).to.match(/Mancano ancora alcune informazioni/)
      const { revision, state, answers } = await stored()
      expect({ revision, state }).to.deep.equal({ revision: 0, state: 'draft' })
      expect(JSON.stringify(answers)).to.not.include('altra@posta.example')
    })

    it('a list that the step does not have, an item that is gone, an unknown action', async () => {
      for (const tail of ['disservizio/nuovo', '__proto__/nuovo', 'immagini/0', 'documenti/nuovo'])
        expect((await visitor.get(`/pratiche/${id}/modulo/segnalazione/${tail}`)).status, tail).to.equal(404)
      const page = await postStep([...reported, ['action', 'remove-file:../../altro']])
      expect(page.status).to.equal(200)
      expect(new URL(page.url).hash, 'nothing of what was sent').to.equal('')
      expect((await visitor.get(`/pratiche/${id}/modulo/%E0%A4%A`)).status, 'malformed address').to.equal(400)
    })
  })

  describe('fields', () => {
    it('one that the form does not have is not stored, neither in the answers nor in what is not valid yet', async () => {
      const foreign: [string, string][] = [
        ['disservizio.priorita', 'alta'],
        ['segnalante.codiceFiscale', 'RSSMRA80A01H501U'],
        ['segnalante.nome', 'Mario'],
        ['state', 'accepted'],
        ['$where', '1'],
        ['immagini', 'a'.repeat(22)],
      ]
      expect((await postStep([...withoutTitle, ...foreign])).status).to.equal(422)
      const { pending = [] } = await stored()
      const names = pending[0]?.fields.map(({ name }) => name)
      expect(names).to.have.members(withoutTitle.map(([name]) => name))
      const page = await visitor.get(`/pratiche/${id}/modulo/segnalazione`)
      await visitor.submit(page, { [TITLE]: 'Buca' }, { button: 'Avanti' })
      const { answers, state } = await stored()
      expect(state).to.equal('draft')
      expect(Object.keys(answers)).to.have.members(['disservizio', 'segnalante', 'recapiti'])
      expect(Object.keys(answers['disservizio'] as object)).to.not.include('priorita')
      expect(answers['segnalante']).to.include({ nome: 'Giulia', codiceFiscale: 'CNTGLI85H54G478Q' })
    })

    it('prototype-pollution keys reach no prototype and no answer', async () => {
      const keys = [
        '__proto__',
        '__proto__.polluted',
        'constructor.prototype.polluted',
        'disservizio.__proto__.polluted',
      ]
      const fields = keys.flatMap((key): [string, string][] => [
        [key, 'sì'],
        [`${key}[polluted]`, 'sì'],
      ])
      for (const sending of [withoutTitle, reported])
        expect((await postStep([...sending, ...fields])).status).to.be.below(500)
      const multipart = new FormData()
      for (const [name, value] of [['_csrf', tokenIn(step)], ['revision', '1'], ...withoutTitle, ...fields] as const)
        multipart.append(name, value)
      const address = `/pratiche/${id}/modulo/segnalazione`
      expect((await visitor.request(address, { method: 'POST', body: multipart })).status).to.be.below(500)
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
      expect(JSON.stringify(await stored())).to.not.match(/polluted|__proto__|constructor/)
    })

    it('arrays and objects where one text belongs', async () => {
      const page = await postStep([
        ...withoutTitle,
        [TITLE, 'Primo'],
        [TITLE, 'Secondo'],
        ['disservizio.dettagli[chiave]', 'x'],
        ['disservizio[luogo][via]', 'x'],
        ['revision', '0'],
        ['action', 'next'],
        ['action', 'save'],
      ])
      expect(page.status).to.equal(200)
      const { answers } = await stored()
      expect(answers['disservizio']).to.include({ titolo: 'Primo', dettagli: REPORTED['disservizio.dettagli'] })
    })

    it('values that the field does not take are shown again with their sentence', async () => {
      const page = await postStep([
        ...withoutTitle.filter(([name]) => !/categoria|pericolo/.test(name)),
        [TITLE, 'x'.repeat(500)],
        ['disservizio.categoria', 'constructor'],
        ['disservizio.pericolo', 'forse'],
      ])
      expect(page.status).to.equal(422)
      const told = page.html.querySelector('.error-summary')?.text ?? ''
      for (const label of ['Titolo', 'Tipo di disservizio', 'C’è un pericolo per le persone?'])
        expect(told).to.include(label)
      expect(valueIn(page, TITLE)).to.equal('x'.repeat(500))
      expect((await stored()).answers).to.not.have.property('disservizio')
    })

    it('bodies of other types', async () => {
      const address = `/pratiche/${id}/modulo/segnalazione`
      const body = JSON.stringify({ _csrf: tokenIn(step), revision: '0', ...REPORTED })
      for (const type of ['application/json', 'text/plain', 'multipart/form-data']) {
        const page = await visitor.request(address, { method: 'POST', body, headers: { 'content-type': type } })
        expect(page.status, type).to.be.oneOf([400, 403])
        expect(page.text, type).to.match(/Errore 40[03]/)
      }
      expect((await stored()).revision).to.equal(0)
    })

    it('10 MB of text, urlencoded or multipart, in one field or in many: refused, the draft stays', async () => {
      await visitor.submit(step, REPORTED, { button: 'Avanti' })
      const { revision, answers } = await stored()
      const many = Array.from({ length: 150 }, (): [string, string] => [TITLE, 'b'.repeat(70_000)])
      const multipart = (fields: readonly (readonly [string, string])[]) => {
        const form = new FormData()
        for (const [name, value] of [['_csrf', tokenIn(step)] as const, ...fields]) form.append(name, value)
        return form
      }
      const bodies = [
        new URLSearchParams([
          ['_csrf', tokenIn(step)],
          ['disservizio.dettagli', megabytes(10)],
        ]),
        multipart([['disservizio.dettagli', megabytes(10)]]),
        multipart(many),
      ]
      for (const body of bodies) {
        const page = await visitor.request(`/pratiche/${id}/modulo/segnalazione`, { method: 'POST', body })
        expect(page.status).to.equal(413)
        expect(page.text).to.match(/troppi dati|più dati di quanti possiamo ricevere/)
      }
      expect(await stored()).to.deep.include({ revision, answers })
    })

    it('a text of 60 000 characters is told to be too long, not lost without a word', async () => {
      const page = await visitor.submit(
        step,
        { ...REPORTED, 'disservizio.dettagli': 'c'.repeat(60_000) },
        { button: 'Avanti' },
      )
      expect(page.status).to.equal(422)
      expect(page.text).to.match(/Dettagli/)
      expect(valueIn(page, 'disservizio.dettagli')).to.have.length(20_000)
    })
  })

  describe('two tabs', () => {
    it('on one step: the second is shown both values, and nothing of the first is lost', async () => {
      await visitor.submit(step, { ...REPORTED, [TITLE]: 'Dalla prima scheda' }, { button: 'Avanti' })
      const second = await visitor.submit(step, { ...REPORTED, [TITLE]: 'Dalla seconda scheda' }, { button: 'Avanti' })
      expect(second.status).to.equal(409)
      expect(second.text).to.match(/Hai modificato questa parte anche in un’altra scheda/)
      expect(second.text).to.include('Dalla prima scheda')
      expect(valueIn(second, TITLE)).to.equal('Dalla seconda scheda')
      expect((await stored()).answers['disservizio']).to.include({ titolo: 'Dalla prima scheda' })
      await visitor.submit(second, {}, { button: 'Avanti' })
      expect((await stored()).answers['disservizio']).to.include({ titolo: 'Dalla seconda scheda' })
    })

    it('at the very same time: one is saved, the others are shown both values', async () => {
      const titles = ['Uno', 'Due', 'Tre', 'Quattro']
      const pages = await Promise.all(
        titles.map((title) => visitor.submit(step, { ...REPORTED, [TITLE]: title }, { button: 'Avanti' })),
      )
      const winners = titles.filter((_, index) => pages[index]?.status === 200)
      expect(winners).to.have.length(1)
      for (const [index, page] of pages.entries()) {
        if (page.status === 200) continue
        expect(page.status).to.equal(409)
        expect(valueIn(page, TITLE)).to.equal(titles[index])
        expect(page.html.querySelector('main table')?.text).to.include(winners[0])
      }
      expect(await stored()).to.have.property('revision', 1)
    })

    it('on one item of a list, and adding two', async () => {
      const list = await begun(site.platform, 'Giulia Conti', WITH_LIST)
      const fresh = await filingOf(site.platform, list.id)
      await filings(site.platform).updateOne(
        { _id: list.id },
        { $set: { answers: { ...fresh.answers, qualita: 'proprio' } } },
      )
      const base = `/pratiche/${list.id}/modulo/documenti`
      const send = (page: Page, text: string) =>
        list.visitor.submit(page, { [DESCRIPTION]: text }, { button: 'Conferma' })
      const documents = async () =>
        (await filingOf(site.platform, list.id)).answers['documenti'] as Record<string, string>[]

      const adding = await list.visitor.get(`${base}/documenti/nuovo`)
      const back = await send(adding, 'Permesso 45/2019')
      expect(back.url, 'the step at its list').to.equal(`${site.platform.url}${base}#documenti`)
      expect(back.html.querySelector('#documenti[tabindex="-1"]')?.text).to.include('Permesso 45/2019')
      const second = await send(adding, 'Permesso 46/2019')
      expect(second.status).to.equal(409)
      expect(valueIn(second, 'documenti.1.descrizione')).to.equal('Permesso 46/2019')
      expect(await documents()).to.have.length(1)
      await list.visitor.submit(second, {}, { button: 'Conferma' })
      expect((await documents()).map(({ descrizione }) => descrizione)).to.deep.equal([
        'Permesso 45/2019',
        'Permesso 46/2019',
      ])

      const editing = await list.visitor.get(`${base}/documenti/${(await documents())[0]?.['_id'] ?? ''}`)
      await send(editing, 'Permesso 45/2020')
      const overtaken = await send(editing, 'Permesso 45/2021')
      expect(overtaken.status).to.equal(409)
      expect(overtaken.text)
        .to.match(/anche in un’altra scheda/)
        .and.include('Permesso 45/2020')
      expect(valueIn(overtaken, DESCRIPTION)).to.equal('Permesso 45/2021')
      expect((await documents())[0]?.['descrizione']).to.equal('Permesso 45/2020')
      await list.visitor.submit(overtaken, {}, { button: 'Conferma' })
      expect((await documents())[0]?.['descrizione']).to.equal('Permesso 45/2021')

      const emptied = await send(await list.visitor.get(new URL(editing.url).pathname), '')
      expect(emptied.text, 'as it was, unless it is deleted')
        .to.match(/Vuoi eliminare .*Permesso 45\/2021/)
        .and.include('Hai tolto tutto quello che c’era scritto')
      expect(await documents()).to.have.length(2)
      await list.visitor.submit(emptied, {}, { button: 'Elimina' })
      expect((await documents()).map(({ descrizione }) => descrizione)).to.deep.equal(['Permesso 46/2019'])
    })

    it('one sends the filing while the other still writes', async () => {
      const draft = await ready(site.platform, 'Giulia Conti')
      const author = await draft.visitor.get(`/pratiche/${draft.id}/modulo/autore`)
      await draft.visitor.submit(draft.summary)
      const late = await draft.visitor.submit(author, { 'recapiti.email': 'tardi@posta.example' }, { button: 'Avanti' })
      expect(late.status).to.equal(409)
      expect(late.text).to.match(/Questa richiesta è già stata inviata e non si può più modificare/)
      expect(JSON.stringify((await filingOf(site.platform, draft.id)).answers)).to.not.include('tardi@')
    })
  })

  it('pressing "Inizia" many times at once begins one draft', async () => {
    const { visitor: other, page } = await loggedIn(site.platform, 'Marco Rinaldi', `/servizi/${REPORT}/avvia`)
    const pages = await Promise.all(Array.from({ length: 8 }, () => other.submit(page, { privacy: 'letta' })))
    expect(new Set(pages.map(({ url }) => url)).size).to.equal(1)
  })
})
