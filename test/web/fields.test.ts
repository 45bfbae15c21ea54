import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'node-html-parser'
import { buildAssets } from '../../server/web/assets.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { testBrowser } from '../support/browser.ts'

const style = async (): Promise<string> =>
  readFileSync(join((await buildAssets(process.cwd())).replace('/assets', '.assets'), 'style.css'), 'utf8')

describe('the ring around what the keyboard is at', () => {
  const browser = testBrowser()

  it('is drawn on fields, lists and buttons, also in the colours that a person has forced', async () => {
    const tab = await browser.visit({ javascript: true, width: 1280 })
    await tab.emulateMedia({ forcedColors: 'active' })
    await tab.setContent(`<style>${await style()}</style>
      <input class="header-search-input"><input class="form-control"><a class="btn btn-primary" href="#a">Avanti</a>
      <div class="select-wrapper"><select><option>Uno</option></select></div><button class="btn btn-outline-primary">No</button>`)
    for (const element of ['INPUT', 'INPUT', 'A', 'SELECT', 'BUTTON']) {
      await tab.keyboard.press('Tab')
      const ring = await tab.evaluate<string>(
        'document.activeElement.tagName + " " + getComputedStyle(document.activeElement).outlineStyle',
      )
      expect(ring).to.equal(`${element} solid`)
    }
  })
})

describe('the state of a filing and the way it went', () => {
  const browser = testBrowser()

  it('keep an edge and a line in the colours that a person has forced, and the line on paper', async () => {
    const tab = await browser.visit({ javascript: true, width: 1280 })
    const entry = '<li class="timeline-entry timeline-done">Passo</li>'
    await tab.setContent(`<style>${await style()}</style><span class="state">Inviata</span><ol>${entry}${entry}</ol>`)
    const drawn = (selector: string, pseudo: string | null) =>
      tab.evaluate<boolean>(`(() => {
        const { borderLeftWidth, borderLeftColor } = getComputedStyle(document.querySelector('${selector}'), ${JSON.stringify(pseudo)})
        return parseFloat(borderLeftWidth) > 0 && borderLeftColor !== 'rgba(0, 0, 0, 0)'
      })()`)
    await tab.emulateMedia({ forcedColors: 'active' })
    expect(await drawn('.state', null), 'state').to.equal(true)
    expect(await drawn('.timeline-entry', '::before'), 'line').to.equal(true)
    await tab.emulateMedia({ forcedColors: 'none', media: 'print' })
    expect(await drawn('.timeline-entry', '::before'), 'line on paper').to.equal(true)
  })
})

describe('a page on paper', () => {
  const browser = testBrowser()

  it('shows what is folded on the screen, and leaves out what only serves there', async () => {
    const tab = await browser.visit({ javascript: true, width: 1280 })
    const folded = '<details><summary>Che cosa</summary><p>Ciò che è</p></details>'
    const alike = ['timeline-earlier', 'answers'].map((name) => folded.replace('<details', `$& class="${name}"`))
    const within = ['faq', 'signature'].map((name) => `<div class="${name}">${folded}</div>`)
    await tab.setContent(
      `<style>${await style()}</style>${[...alike, ...within].join('')}<div class="rating-band">Quanto</div>`,
    )
    const seen = () => tab.evaluate(`[...document.querySelectorAll('p')].map((told) => told.checkVisibility())`)
    expect(await seen(), 'on the screen').to.deep.equal([false, false, false, false])
    await tab.emulateMedia({ media: 'print' })
    expect(await seen(), 'on paper').to.deep.equal([true, true, true, true])
    expect(await tab.getByText('Quanto').isVisible()).to.equal(false)
  })
})

describe('the buttons at the end of a step', () => {
  const browser = testBrowser()

  it('are reached by the keyboard in the order in which they are seen', async () => {
    for (const width of [360, 1280] as const) {
      const tab = await browser.visit({ javascript: true, width })
      const buttons = viewsBelow(process.cwd()).render('components/step-nav', { back: '#', site: { assets: '' } })
      await tab.setContent(`<style>${await style()}</style><form>${buttons}</form>`)
      const places: string[] = []
      for (let button = 0; button < 3; button += 1) {
        await tab.keyboard.press('Tab')
        places.push(
          await tab.evaluate<string>(`(() => {
            const { top, left } = document.activeElement.getBoundingClientRect()
            return [top, left].map((place) => String(Math.round(place)).padStart(5, '0')).join()
          })()`),
        )
      }
      expect(places, `${width} px`).to.deep.equal(places.toSorted())
    }
  })
})

describe('the layout of a section', () => {
  const browser = testBrowser()

  it('ends as far below what is shown last as it begins above, whatever is hidden after that', async () => {
    const tab = await browser.visit({ javascript: true, width: 360 })
    await tab.setContent(`<style>${await style()}</style><div class="form-section"><fieldset class="form-group" id="scelta">
      <legend>Per chi</legend><div class="form-check"><input type="radio" id="a"><label for="a">Per me</label></div></fieldset>
      <div class="form-group" hidden><label for="b">Nome</label><input class="form-control" id="b"></div>
      <fieldset class="form-group" hidden><legend>Servizi</legend></fieldset></div>`)
    const room = await tab.evaluate<number>(`(() => {
      const section = document.querySelector('.form-section')
      const inner = parseFloat(getComputedStyle(section).paddingBottom)
      const last = document.querySelector('#scelta .form-check:last-child')
      const own = parseFloat(getComputedStyle(last).marginBottom)
      return section.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom - inner - own
    })()`)
    expect(room).to.be.within(-2, 2)
  })

  it('ends as far below a datum that cannot be changed', async () => {
    const tab = await browser.visit({ javascript: true, width: 360 })
    await tab.setContent(`<style>${await style()}</style><div class="form-section"><div class="form-group">
      <p class="field-label">Nome</p><p class="field-locked">Giulia</p></div></div>`)
    const room = await tab.evaluate<number>(`(() => {
      const section = document.querySelector('.form-section')
      const last = document.querySelector('.field-locked').getBoundingClientRect()
      return section.getBoundingClientRect().bottom - last.bottom - parseFloat(getComputedStyle(section).paddingBottom)
    })()`)
    expect(room).to.be.within(-2, 2)
  })

  it('marks a list whose answer is wrong by the bar that every field has', async () => {
    const tab = await browser.visit({ javascript: true, width: 360 })
    await tab.setContent(`<style>${await style()}</style><div class="form-group" id="a"><div class="select-wrapper">
      <label for="b">Legame</label><p class="form-feedback" id="b-error">Scegli il legame</p>
      <select id="b" class="is-invalid"><option>Scegli</option></select></div></div>`)
    expect(await tab.evaluate<string>(`getComputedStyle(document.querySelector('#a')).borderLeftWidth`)).to.equal('4px')
  })

  it('lets what waits for a signature take the width of the desk, as its other lists do', async () => {
    const tab = await browser.visit({ javascript: true, width: 1280 })
    await tab.setContent(`<style>${await style()}</style><main class="office-main"><form class="office-form signature-form">
      <fieldset><ul class="signature-list"><li class="signature-row">Concedi</li></ul></fieldset></form></main>`)
    const width = `document.querySelector('.signature-row').getBoundingClientRect().width`
    expect(await tab.evaluate<number>(width)).to.be.above(1100)
  })

  it('keeps the asterisk beside the last word of its label', async () => {
    const tab = await browser.visit({ javascript: true, width: 360 })
    const asterisk = viewsBelow(process.cwd()).render('components/forms/asterisk', { required: true })
    await tab.setContent(`<style>${await style()}</style><div class="form-group">
      <label id="label">Condizione del veicolo${asterisk}</label></div>`)
    const indent = await tab.evaluate<number>(`(() => {
      const label = document.querySelector('#label')
      label.style.cssText = 'display: inline-block'
      // Too narrow by half an asterisk.
      label.style.width = label.getBoundingClientRect().width - 4 + 'px'
      const last = [...document.querySelector('.asterisk').getClientRects()].at(-1)
      return last.left - label.getBoundingClientRect().left
    })()`)
    expect(indent, 'not alone on a line').to.be.above(20)
  })

  it('writes a command no larger than the words around it', async () => {
    const tab = await browser.visit({ javascript: true, width: 360 })
    await tab.setContent(
      `<style>${await style()}</style><p class="form-text">Così: <code>shasum documento.pdf</code></p>`,
    )
    const sizes = await tab.evaluate<number[]>(
      `['p', 'code'].map((name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize))`,
    )
    expect(sizes[1]).to.be.at.most(sizes[0]!)
  })
})

describe('the fields of the desk', () => {
  const views = viewsBelow(process.cwd())

  it('mark a field as required where they require it', () => {
    const byHand = readdirSync('templates', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.hbs'))
      .filter((name) => / \*("|<\/label>)/.test(readFileSync(join('templates', name), 'utf8')))
    expect(byHand, 'the asterisk of components/forms/asterisk comes with `required`').to.deep.equal([])
    const field = { name: 'cf', label: 'Codice fiscale', required: true }
    for (const name of ['office-field', 'office-text']) {
      const html = parse(views.render(`components/${name}`, field))
      expect([html.querySelector('label')?.text, html.querySelectorAll('[required]').length], name).to.deep.equal([
        'Codice fiscale *',
        1,
      ])
    }
    const day = parse(views.render('components/office-field', { ...field, type: 'date' }))
    expect(day.querySelector('[maxlength]'), 'not for a date (HTML 4.10.5.1.7)').to.equal(null)
  })

  it('say with a text how long it may be, before what is wrong with it, as the answer of a citizen does', () => {
    const limits = { counter: 500, longest: 500, asksText: true, site: { assets: '' } }
    for (const [template, name, wrong] of [
      ['components/office-text', 'motivo', 'Scrivi il motivo'],
      ['pages/personal-area/answer', 'testo', { testo: 'Scrivi qualcosa' }],
    ] as const) {
      const explained = (error: unknown) =>
        parse(views.render(template, { ...limits, name, error }))
          .querySelector('textarea')
          ?.getAttribute('aria-describedby')
      expect([explained(undefined), explained(wrong)]).to.deep.equal([`${name}-count`, `${name}-count ${name}-error`])
    }
  })
})
