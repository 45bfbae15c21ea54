import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse, type HTMLElement } from 'node-html-parser'
import { AppError } from '../../server/errors.ts'
import type { Municipality } from '../../server/municipalities/index.ts'
import { publicRoutes } from '../../server/procedures/index.ts'
import { DELIVERED, loadInstalled, procedure } from './installed.ts'
import { testBrowser } from '../support/browser.ts'
import { expectAccessible, expectNoSidewaysScroll } from '../support/accessibility.ts'
import { servePages } from '../support/page-server.ts'
import { classesOf } from '../support/style.ts'

const PATHS = [
  '/',
  '/servizi',
  '/servizi?q=residenza',
  '/servizi?q=zzz',
  '/servizi?categoria=imprese-e-commercio',
  '/servizi/dichiarazione-cambio-indirizzo',
  '/servizi/occupazione-suolo-pubblico-temporanea',
  '/servizi/scia-esercizio-di-vicinato-apertura',
  '/servizi/contrassegno-disabili-rilascio/condizioni',
  '/argomenti',
  '/contatti',
  '/domande-frequenti',
  '/note-legali',
  '/privacy',
  '/servizi/quello-che-non-esiste',
]

/** First-level entries of the model, in its order (C.SI.1.6). */
const FIRST_LEVEL = ['Amministrazione', 'Novità', 'Servizi', 'Vivere il Comune']

/** The prescribed paragraph: nothing more, nothing less (C.SI.3.4). */
const LICENCE =
  'In applicazione del principio open by default ai sensi dell’articolo 52 del decreto legislativo 7 marzo 2005, n. 82 (CAD) e salvo dove diversamente specificato (compresi i contenuti incorporati di terzi), i dati, i documenti e le informazioni pubblicati sul sito sono rilasciati con licenza CC-BY 4.0. Gli utenti sono quindi liberi di condividere (riprodurre, distribuire, comunicare al pubblico, esporre in pubblico), rappresentare, eseguire e recitare questo materiale con qualsiasi mezzo e formato e modificare (trasformare il materiale e utilizzarlo per opere derivate) per qualsiasi fine, anche commerciale con il solo onere di attribuzione, senza apporre restrizioni aggiuntive.'

describe('the public pages', () => {
  const municipality = JSON.parse(readFileSync('setup/demo/municipality.json', 'utf8')) as Municipality
  const pages = new Map<string, HTMLElement>()
  let site: Awaited<ReturnType<typeof servePages>>
  const page = (path: string): HTMLElement => pages.get(path)!
  const texts = (root: HTMLElement, selector: string): string[] =>
    root.querySelectorAll(selector).map((element) => element.text.replace(/\s+/g, ' ').trim())

  before(async () => {
    await loadInstalled()
    const installed = DELIVERED.map(procedure)
    const catalogue = {
      all: () => Promise.resolve(installed),
      find: async (_municipality: string, wanted: string) => {
        const found = installed.find(({ id }) => id === wanted)
        if (!found) throw new AppError('NOT_FOUND', 'No such procedure')
        return found
      },
    }
    const facts = { siteOf: () => 'https://sportello.example', now: () => new Date('2026-11-25T10:00:00Z') }
    site = await servePages({ municipality, pages: [['/', publicRoutes({ catalogue, ...facts })]], person: '' })
    for (const path of PATHS) pages.set(path, parse(await (await fetch(`${site.origin}${path}`)).text()))
  })
  after(() => site.close())

  describe('are sound HTML', () => {
    for (const path of PATHS) {
      it(path, () => {
        const html = page(path)
        const ids = html.querySelectorAll('[id]').map(({ id }) => id)
        expect(ids, 'every id once').to.deep.equal([...new Set(ids)])
        for (const attribute of ['for', 'aria-labelledby', 'aria-describedby']) {
          for (const element of html.querySelectorAll(`[${attribute}]`))
            for (const id of element.getAttribute(attribute)!.split(' ')) expect(ids, attribute).to.include(id)
        }
        for (const link of html.querySelectorAll('a[href^="#"]'))
          expect(ids).to.include(link.getAttribute('href')!.slice(1))
        expect(html.querySelectorAll('[style], [onclick], style, script:not([src]):not([type="application/ld+json"])'))
          .to.be.empty
        for (const link of html.querySelectorAll('a[href^="tel:"]'))
          expect(link.getAttribute('href'), 'no blanks (RFC 3966)').to.match(/^tel:\+?\d+$/)
        const regions = html.querySelectorAll('nav').map((nav) => nav.getAttribute('aria-label') ?? '')
        expect(regions, 'every navigation its name')
          .to.deep.equal([...new Set(regions)])
          .and.not.to.include('')
        expect(html.querySelectorAll('form:not([aria-label])').length, 'forms without a name').to.be.below(2)
        expect(html.querySelectorAll('body > a, body > div a'), 'links outside every region').to.be.empty
        expect(html.querySelectorAll('h1')).to.have.length(1)
        expect(headingJumps(html)).to.deep.equal([])
        expect(html.querySelectorAll('button:not([type])')).to.be.empty
        expect(html.querySelector('title')!.text).to.match(/ - Comune di Vallechiara$/)
      })
    }
  })

  it('weigh at most 25 KB', async () => {
    for (const path of PATHS)
      expect((await (await fetch(`${site.origin}${path}`)).arrayBuffer()).byteLength, path).to.be.below(25_000)
  })

  it('take most of their classes from the design system (C.SI.1.2 asks for 30 %)', () => {
    const library = readFileSync('node_modules/bootstrap-italia/dist/css/bootstrap-italia.min.css', 'utf8')
    const known = classesOf(library)
    for (const path of PATHS) {
      const used = page(path)
        .querySelectorAll('[class]')
        .flatMap((element) => [...element.classList.values()])
      const fromLibrary = used.filter((name) => known.has(name) && !name.startsWith('it-card'))
      expect(fromLibrary.length / used.length, path).to.be.above(0.3)
    }
  })

  it('carry the menu and the legal links that the conformity check looks for', () => {
    for (const path of PATHS) {
      const html = page(path)
      const menu = html.querySelector('ul[data-element="main-navigation"]')!
      expect(texts(menu, 'a').slice(0, 4), path).to.deep.equal(FIRST_LEVEL)
      // The check takes every hook of the page for an entry of the menu: the menu of the phone must not repeat them.
      const hooks = ['management', 'news', 'all-services', 'live']
      const entries = hooks.flatMap((name) => texts(html, `[data-element="${name}"]`))
      expect(entries, path).to.deep.equal(FIRST_LEVEL)
      expect(texts(html, '[data-element="report-inefficiency"]')).to.deep.equal(['Segnalazione disservizio'])
      expect(texts(html, 'footer [data-element="faq"]')[0]).to.match(/domande frequenti/i)
      expect(html.querySelector('[data-element="accessibility-link"]')!.getAttribute('href')).to.match(
        /^https:\/\/form\.agid\.gov\.it\//,
      )
      for (const name of [
        'privacy-policy-link',
        'legal-notes',
        'contacts',
        'appointment-booking',
        'all-services',
        'management',
        'news',
        'live',
        'personal-area-login',
      ])
        expect(html.querySelector(`[data-element="${name}"]`), `${name} on ${path}`).not.to.equal(null)
    }
  })

  it('say in one sentence what they are, for search engines', () => {
    for (const [path, html] of pages) {
      const said = html.querySelector('meta[name="description"]')?.getAttribute('content') ?? ''
      if (path === '/servizi/quello-che-non-esiste') expect(said).to.equal('')
      else expect(said, path).to.match(/^[A-Z].{30,}\.$/)
    }
  })

  it('say where they are, from the first page down', () => {
    for (const [path, html] of pages) {
      if (path === '/' || path === '/servizi/quello-che-non-esiste') continue
      const trail = html.querySelectorAll('[data-element="breadcrumb"] > li')
      expect(trail[0]?.querySelector('a')?.getAttribute('href'), path).to.equal('/')
      expect(trail.at(-1)!.getAttribute('aria-current'), path).to.equal('page')
    }
  })

  it('give the licence of the contents to the letter', () => {
    const html = page('/note-legali')
    expect(texts(html, '[data-element="legal-notes-section"]')).to.deep.equal(['Licenza dei contenuti'])
    expect(html.querySelector('[data-element="legal-notes-body"]')!.innerHTML).to.equal(LICENCE)
  })

  it('list the services with their categories, and say how many were found', () => {
    expect(page('/servizi').querySelectorAll('[data-element="service-link"]')).to.have.length(6)
    expect(page('/servizi').querySelectorAll('[data-element="service-category-link"]').length).to.be.greaterThan(3)
    expect(texts(page('/servizi'), '.list-found-text')).to.deep.equal(['6 servizi trovati, in ordine alfabetico'])
    expect(texts(page('/servizi?q=zzz'), '.list-found-text')).to.deep.equal(['Nessun servizio trovato per «zzz»'])
    expect(texts(page('/servizi?categoria=imprese-e-commercio'), 'h1')).to.deep.equal(['Imprese e commercio'])
    expect(page('/argomenti').querySelectorAll('[data-element="topic-element"]').length).to.be.greaterThan(5)
  })

  describe('the card of a service', () => {
    const card = () => page('/servizi/occupazione-suolo-pubblico-temporanea')

    it('has every item of the official model, in its order', () => {
      const order = [
        'service-title',
        'service-status',
        'service-description',
        'service-addressed',
        'service-how-to',
        'service-needed',
        'service-achieved',
        'service-calendar-text',
        'service-online-access',
        'service-file',
        'service-area',
        'service-topic',
      ]
      const found = card()
        .querySelectorAll('main [data-element]')
        .map((element) => element.getAttribute('data-element')!)
      const positions = order.map((name) => found.indexOf(name))
      expect(positions).not.to.include(-1)
      expect(positions).to.deep.equal(positions.toSorted((a, b) => a - b))
      for (const name of ['addressed', 'how-to', 'needed', 'achieved', 'calendar-text'])
        expect(texts(card(), `[data-element="service-${name}"] p`).join('').length, name).to.be.greaterThan(2)
      expect(texts(card(), '[data-element="breadcrumb"] li').at(-2)).to.match(/^Autorizzazioni/)
    })

    it('has the index with the headings as the check compares them', () => {
      expect(texts(card(), 'ul[data-element="page-index"] > li > a')).to.deep.equal([
        'A chi è rivolto',
        'Come fare',
        'Cosa serve',
        'Cosa si ottiene',
        'Tempi e scadenze',
        'Quanto costa',
        'Accedi al servizio',
        'Ulteriori informazioni',
        'Condizioni di servizio',
        'Contatti',
      ])
    })

    it('tells the day of the answer, and leads into the service', () => {
      expect(texts(card(), '.term-date')[0]).to.match(/entro lunedì 28 dicembre 2026$/)
      const start = card().querySelector('[data-element="service-online-access"]')!
      expect(start.getAttribute('href')).to.equal('/servizi/occupazione-suolo-pubblico-temporanea/avvia')
      expect(card().querySelector('main')!.textContent).to.contain('SPID (almeno di livello 2), CIE o CNS.')
    })

    it('carries the structured data with the ten strings that are read', () => {
      const data = JSON.parse(card().querySelector('script[data-element="metatag"]')!.innerHTML) as Record<
        string,
        never
      >
      const strings = [
        'name',
        'serviceType',
        'serviceOperator.name',
        'areaServed.name',
        'audience.audienceType',
        'availableChannel.serviceUrl',
        'availableChannel.serviceLocation.name',
        'availableChannel.serviceLocation.address.streetAddress',
        'availableChannel.serviceLocation.address.postalCode',
        'availableChannel.serviceLocation.address.addressLocality',
      ]
      expect(data['@type']).to.equal('GovernmentService')
      for (const path of strings) {
        const value = path.split('.').reduce<unknown>((object, key) => (object as Record<string, unknown>)[key], data)
        expect(value, path).to.be.a('string').and.not.empty
      }
    })
  })

  describe('in a browser', () => {
    const browser = testBrowser()
    for (const width of [320, 1280] as const) {
      it(`are accessible and never wider than the window of ${width} px`, async () => {
        const tab = await browser.visit({ javascript: true, width })
        for (const path of ['/', '/servizi/occupazione-suolo-pubblico-temporanea']) {
          await tab.goto(`${site.origin}${path}`)
          await expectAccessible(tab)
          await expectNoSidewaysScroll(tab)
        }
      })
    }

    it('open the menu of a phone without JavaScript', async () => {
      const tab = await browser.visit({ javascript: false, width: 360 })
      await tab.goto(`${site.origin}/`)
      await tab.getByText('Menu').click()
      await tab.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Servizi' }).click()
      expect(new URL(tab.url()).pathname).to.equal('/servizi')
    })
  })
})

/** Places where a heading is more than one level deeper than the one before it. */
function headingJumps(html: HTMLElement): string[] {
  const headings = html.querySelectorAll('h1, h2, h3, h4, h5, h6')
  return headings.slice(1).flatMap((heading, index) => {
    const [before, level] = [headings[index]!, heading].map(({ tagName }) => Number(tagName.slice(1)))
    return level! > before! + 1 ? [heading.text.trim()] : []
  })
}
