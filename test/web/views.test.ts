import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'node-html-parser'
import { viewsBelow } from '../../server/web/views.ts'

describe('the views', () => {
  const views = viewsBelow(process.cwd())

  it('break a long e-mail address after its @, not within a word', () => {
    const site = { name: 'Comune', pec: 'lavoripubblici@pec.comune.vallechiara.example' }
    const link = parse(views.render('layouts/footer', { site })).querySelector('a[href^="mailto:"]')!
    expect(link.innerHTML).to.equal('lavoripubblici@<wbr>pec.comune.vallechiara.example')
    expect(`mailto:${link.text}`, 'nothing else to copy').to.equal(link.getAttribute('href'))
    const whole = ['layouts', 'components', 'pages']
      .flatMap((folder) =>
        readdirSync(join('templates', folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          join('templates', folder, name),
        ),
      )
      .filter((name) => name.endsWith('.hbs') && /mailto:[^"]*">\{\{(?!breakable )/.test(readFileSync(name, 'utf8')))
    expect(whole, 'templates that show one whole').to.deep.equal([])
  })

  it('say what is wrong before anything but the heading', () => {
    const pages = readdirSync('templates/pages', { recursive: true, encoding: 'utf8' })
    const late = pages.filter((name) => {
      if (!name.endsWith('.hbs')) return false
      const [before = '', after] = readFileSync(join('templates/pages', name), 'utf8')
        .replace(/\{\{!--[\s\S]*?--\}\}/, '')
        .split('{{> components/error-summary}}')
      return after !== undefined && /<form|<h2|components\/(?!icon|acting)/.test(before)
    })
    expect(late).to.deep.equal([])
  })

  it('keep a number on one line with what belongs to it', () => {
    const shown = (value: string) =>
      parse(views.render('components/summary-row', { value })).querySelector('.summary-value')?.innerHTML
    const texts = {
      'Protocollo n. 0000012/2026 del 3 marzo': 'Protocollo n.\u00a00000012/2026 del 3 marzo',
      '1.250,50 € versati': '1.250,50\u00a0€ versati',
      'Impronta SHA-256 del contenuto': 'Impronta SHA-\u2060256 del contenuto',
      'IT60 X054 2811 1010 0000 0123 456': 'IT60\u00a0X054\u00a02811\u00a01010\u00a00000\u00a00123\u00a0456',
      'Via Roma n. civico <b>': 'Via Roma n. civico &lt;b&gt;',
    }
    for (const [text, kept] of Object.entries(texts)) expect(shown(text)).to.equal(kept)
  })

  it('group the thousands of what is counted', () => {
    const shown = (view: string, model: object) => parse(views.render(view, model)).textContent
    expect(shown('pages/offices/work-list', { total: 12_345 })).to.include('12.345 pratiche')
    expect(shown('components/tab', { text: 'Da firmare', count: 10_000 })).to.include('10.000')
    expect(shown('components/forms/textarea', { control: { counter: 10_000 } })).to.include('massimo 10.000 caratteri')
  })

  it('ask at once for the font of all pages, in every weight: one that comes later moves the text (CLS)', () => {
    const head = parse(views.render('layouts/head', { site: { assets: '/a' } }))
    const asked = head.querySelectorAll('link[rel=preload]').map((link) => link.getAttribute('href'))
    const styles = readFileSync('server/web/client/base.css', 'utf8')
    const weights = [...styles.matchAll(/url\('(titillium-web-\d+\.woff2)'\)/g)].map(([, name = '']) => `/a/${name}`)
    expect(asked).to.deep.equal(weights)
  })
})
