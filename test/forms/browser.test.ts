import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { expect } from 'chai'
import express from 'express'
import {
  forPerson,
  itemView,
  stepView,
  summaryView,
  validateForm,
  type Answers,
  type FieldError,
} from '../../server/forms/index.ts'
import { assetRoutes, buildAssets } from '../../server/web/assets.ts'
import { securityHeaders } from '../../server/web/security.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { expectAccessible, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { testBrowser } from '../support/browser.ts'
import { complete, files, form, onOnePage, VEHICLE } from './all-widgets.ts'

const root = process.cwd()
const wrong: Answers = {
  ...complete,
  inizio: '31/2',
  valore: 'molti soldi',
  giorni: undefined,
  veicoli: [{ _id: VEHICLE, targa: '!' }],
}

const everything = forPerson(onOnePage, {})
const whole = (of: typeof form, answers: Answers, errors: FieldError[] = []) => ({
  view: stepView(of, 'tutto', answers, { files, errors }),
})

/** Every widget in its states, in the frame that filings give a step. */
const PAGES: Record<string, () => object> = {
  vuoto: () => whole(everything, {}),
  pieno: () => whole(onOnePage, complete),
  errori: () => whole(everything, wrong, validateForm(everything, wrong)),
  mancanti: () => whole(everything, {}, validateForm(everything, {})),
  titolo: () => ({ view: stepView(form, 'titolo', {}) }),
  rimossi: () => ({ view: stepView(form, 'titolo', {}, { removed: ['Canone'] }) }),
  avviso: () => ({ ...whole(everything, {}), notice: 'Non abbiamo salvato 2 file.' }),
  elemento: () => ({
    view: itemView(form, { name: 'veicoli', item: VEHICLE }, wrong, { errors: validateForm(form, wrong) }),
  }),
}

const SITE = {
  name: 'Comune di Prova',
  person: 'Maria Rossi',
  officer: false,
  csrf: 'token',
  phone: '06 1234',
  email: 'a@comune.example',
  pec: 'b@comune.example',
  cf: '00488410010',
  region: 'Lazio',
  tagline: 'Prova',
  website: 'https://comune.example',
  accessibilityUrl: 'https://form.agid.gov.it',
  address: { street: 'Via Roma 1', postalCode: '00184', city: 'Prova', province: 'RM' },
}

describe('the pages of a form in a browser', () => {
  let server: Server
  let origin: string
  const { visit } = testBrowser()

  before(async () => {
    const app = express()
    const assets = await buildAssets(root)
    app.engine('hbs', viewsBelow(root).engine).set('view engine', 'hbs').set('views', 'templates')
    app.use(assetRoutes(root), securityHeaders({ https: false }))
    app.use((_req, res, next) => {
      res.locals['site'] = { ...SITE, assets }
      next()
    })
    app.get('/riepilogo', (_req, res) =>
      res.render('pages/submission/summary', {
        title: 'Riepilogo',
        heading: 'Prova',
        sections: summaryView(form, complete, { files, changeLink: (id) => `/${id}` }),
      }),
    )
    app.get('/:page', (req, res) =>
      res.render('pages/drafts/step', {
        title: 'Passo',
        heading: 'Prova',
        revision: 1,
        action: '#',
        ...PAGES[req.params.page]?.(),
      }),
    )
    server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  for (const name of [...Object.keys(PAGES), 'riepilogo']) {
    it(`are accessible and fit a small window: ${name}`, async () => {
      const page = await visit({ javascript: true, width: 320 })
      await page.goto(`${origin}/${name}`)
      await expectAccessible(page)
      await expectNoSidewaysScroll(page)
    })
  }

  it('tell screen readers what is wrong when the server says so, and of radios together', async () => {
    const page = await visit({ javascript: true, width: 320 })
    const wrong = async (name: string): Promise<string[]> => {
      await page.goto(`${origin}/${name}`)
      const { nodes } = await (await page.context().newCDPSession(page)).send('Accessibility.getFullAXTree')
      const isWrong = ({ properties = [] }: (typeof nodes)[number]) =>
        properties.some((property) => property.name === 'invalid' && property.value.value !== 'false')
      return nodes.filter(isWrong).map(({ role }) => String(role?.value))
    }
    expect(await wrong('vuoto')).to.deep.equal([])
    expect(await wrong('mancanti'))
      .to.include.members(['radiogroup', 'textbox'])
      .and.not.include('radio')
    expect(await page.locator('[type=radio][aria-invalid]').count()).to.equal(0)
  })

  it('hide what does not apply, until it does', async () => {
    const page = await visit({ javascript: true, width: 1280 })
    await page.goto(`${origin}/titolo`)
    const name = page.locator('#proprietario-nome')
    expect(await name.isVisible()).to.equal(false)
    await page.getByLabel('Affittuario').check()
    expect(await name.isVisible()).to.equal(true)
    expect(await name.isEnabled()).to.equal(true)
    await page.getByLabel('Proprietario', { exact: true }).check()
    expect(await name.isVisible()).to.equal(false)
    expect(await name.isDisabled()).to.equal(true)
  })

  it('show no part of a branch without a script', async () => {
    const page = await visit({ javascript: false, width: 320 })
    await page.goto(`${origin}/titolo`)
    await page.getByText('Affittuario').click()
    expect(await page.locator('#proprietario-nome').isVisible()).to.equal(false)
  })

  it('put the reader on the summary of errors, whose links lead to the controls', async () => {
    const page = await visit({ javascript: true, width: 320 })
    await page.goto(`${origin}/mancanti`)
    const focused = () => page.evaluate<string>('document.activeElement.id || document.activeElement.className')
    expect(await focused()).to.equal('error-summary')
    const missed = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.error-summary a')].filter((link) => {
        link.click()
        return '#' + document.activeElement.id !== link.hash
      }).map((link) => link.hash)`,
    )
    expect(missed).to.deep.equal([])
  })

  it('put the reader on the summary of errors without a script too', async () => {
    const page = await visit({ javascript: false, width: 320 })
    await page.goto(`${origin}/mancanti`)
    const summary = page.locator('.error-summary')
    await summary.and(page.locator(':focus')).waitFor()
  })

  it('put the reader on what just happened, where nothing is blamed', async () => {
    for (const [path, said] of [
      ['rimossi', 'alcune informazioni sono state rimosse'],
      ['avviso', 'Non abbiamo salvato 2 file.'],
    ])
      for (const javascript of [true, false]) {
        const page = await visit({ javascript, width: 320 })
        await page.goto(`${origin}/${path}`)
        await page.locator(':focus', { hasText: said! }).waitFor()
      }
  })

  it('send no file that is too large, and say so at once beside its control', async () => {
    const page = await visit({ javascript: true, width: 320 })
    await page.goto(`${origin}/vuoto`)
    const control = page.locator('input[type=file]').first()
    const [most, words] = await Promise.all(
      ['data-max-bytes', 'data-max-size'].map((name) => control.getAttribute(name)),
    )
    let sent = 0
    page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0))
    for (const time of ['once', 'again']) {
      await control.setInputFiles({
        name: 'foto.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.alloc(Number(most) + 1),
      })
      await page.getByRole('button', { name: 'Avanti' }).last().click()
      const told = await page.locator('.upload-refused').allInnerTexts()
      expect(told.join(), time).to.include(`«foto.pdf» è troppo grande: il massimo è ${words}.`)
      await control.and(page.locator(':focus')).waitFor()
    }
    await expectAccessible(page)
    expect(sent).to.equal(0)
  })
})
