import { expect } from 'chai'
import { parse, type HTMLElement } from 'node-html-parser'
import {
  decodeItem,
  decodeStep,
  forPerson,
  itemView,
  removeItemView,
  stepView,
  summaryView,
  validateForm,
  validateStep,
  type Answers,
  type StepView,
} from '../../server/forms/index.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { formData } from '../support/form-data.ts'
import { complete, files, form, VEHICLE } from './all-widgets.ts'

const views = viewsBelow(process.cwd())
const open = forPerson(form, {})

const draw = (template: string, model: object): HTMLElement =>
  parse(views.render(`components/forms/${template}`, model), { comment: true })
const stepPage = (view: StepView): HTMLElement => draw('step', view)

const CONTROLS = 'input:not([type=hidden]), select, textarea'
const ids = (page: HTMLElement, attribute: string): string[] =>
  page.querySelectorAll(`[${attribute}]`).flatMap((node) => (node.getAttribute(attribute) ?? '').split(' '))
const byId = (page: HTMLElement, id: string) => page.querySelectorAll('[id]').find((node) => node.id === id)

/** The asterisk is in the label, or in the legend of a group of controls. */
const isMarked = (page: HTMLElement, control: HTMLElement): boolean =>
  page.querySelector(`label[for="${control.id}"]`)?.text.includes('*') === true ||
  control.closest('fieldset')?.querySelector('legend')?.text.includes('*') === true

/** Every page of the form, in each of its states. */
function pages(): [string, HTMLElement][] {
  const unreadable: Answers = {
    ...complete,
    inizio: '31/2',
    persone: 'x',
    valore: '?',
    poche: 'z',
    giorni: ['z'],
    richiedente: { ...complete.richiedente, nascita: { data: '31/2/1980' }, email: 'x' },
    veicoli: [{ _id: VEHICLE, targa: '!' }],
  }
  const states: [string, typeof form, Answers][] = [
    ['empty', form, {}],
    ['empty for a person without known data', open, {}],
    ['filled', form, complete],
    ['filled and open', open, complete],
    ['unreadable', open, unreadable],
  ]
  const steps = states.flatMap(([state, of, answers]) =>
    form.steps.flatMap(({ id }): [string, HTMLElement][] => [
      [`${id}, ${state}`, stepPage(stepView(of, id, answers, { files }))],
      [
        `${id}, ${state}, with its errors`,
        stepPage(
          stepView(of, id, answers, { files, errors: validateStep(of, id, answers), removed: ['A'], cut: ['B'] }),
        ),
      ],
    ]),
  )
  const place = { name: 'veicoli', item: VEHICLE }
  return [
    ...steps,
    ['item, new', stepPage(itemView(form, { name: 'veicoli', item: null }, {}))],
    ['item, filled', stepPage(itemView(form, place, complete, { files }))],
    ['item, with its errors', stepPage(itemView(form, place, unreadable, { errors: validateForm(form, unreadable) }))],
    [
      'item, to be deleted',
      draw('repeater-delete', { ...removeItemView(form, place, complete), action: '/elimina', back: '/veicoli' }),
    ],
    ['summary', draw('summary', { sections: summaryView(form, complete, { files, changeLink: (id) => `/${id}` }) })],
  ]
}

describe('the HTML of a form', () => {
  for (const [name, page] of pages()) {
    describe(name, () => {
      it('has unique ids', () => {
        const all = page.querySelectorAll('[id]').map(({ id }) => id)
        expect(all.filter((id, index) => all.indexOf(id) !== index)).to.deep.equal([])
      })

      it('refers only to what is there', () => {
        const anchors = page.querySelectorAll('a[href^="#"]').map((link) => link.getAttribute('href')?.slice(1) ?? '')
        const targets = [
          ...ids(page, 'for'),
          ...ids(page, 'aria-describedby'),
          ...ids(page, 'aria-labelledby'),
          ...anchors,
        ]
        expect(targets.filter((id) => !byId(page, id))).to.deep.equal([])
      })

      it('labels every control, and every group', () => {
        const labelled = ids(page, 'for')
        expect(
          page
            .querySelectorAll(CONTROLS)
            .map(({ id }) => id)
            .filter((id) => !labelled.includes(id)),
        ).to.deep.equal([])
        const unnamed = page.querySelectorAll('fieldset').filter(({ children }) => children[0]?.tagName !== 'LEGEND')
        expect(unnamed).to.deep.equal([])
        const lists = page.querySelectorAll('.repeater')
        const isNamed = (list: HTMLElement) => Boolean(byId(page, list.getAttribute('aria-labelledby') ?? '')?.text)
        expect(lists.filter((list) => !isNamed(list) || list.getAttribute('role') !== 'group')).to.deep.equal([])
        expect(
          [...page.querySelectorAll('label'), ...page.querySelectorAll('legend')].filter(
            ({ text }) => text.trim() === '',
          ),
        ).to.deep.equal([])
      })

      it('keeps headings in order', () => {
        const levels = page.querySelectorAll('h1, h2, h3, h4, h5').map(({ tagName }) => Number(tagName.slice(1)))
        expect(
          levels.every((level, index) => level <= (levels[index - 1] ?? 1) + 1),
          levels.join(),
        ).to.equal(true)
      })

      it('says an error beside each invalid control, with a word before it', () => {
        for (const control of page.querySelectorAll('[aria-invalid]')) {
          const explained =
            control.getAttribute('aria-describedby') ??
            control.closest('fieldset')?.getAttribute('aria-describedby') ??
            ''
          const error = explained.split(' ').find((id) => id.endsWith('-error'))
          expect(byId(page, error ?? '')?.text, control.id).to.match(/^Errore: ./)
        }
      })

      it('sends nothing that is hidden', () => {
        const hidden = page
          .querySelectorAll('[hidden]')
          .flatMap((node) => node.querySelectorAll('input, select, textarea'))
        const sent = hidden.filter(
          (control) => !control.hasAttribute('disabled') && !control.closest('fieldset[disabled]'),
        )
        expect(sent.map(({ id }) => id)).to.deep.equal([])
      })

      it('marks with an asterisk exactly what is required', () => {
        const required = page.querySelectorAll(CONTROLS).filter((control) => control.hasAttribute('required'))
        expect(required.filter((control) => !isMarked(page, control)).map(({ id }) => id)).to.deep.equal([])
        const marked = page.querySelectorAll('label[for]').filter(({ text }) => text.includes('*'))
        const targets = marked.map((label) => byId(page, label.getAttribute('for') ?? ''))
        expect(targets.filter((control) => !control?.hasAttribute('required'))).to.deep.equal([])
      })

      it('has every button’s type said, and no style or script inside', () => {
        expect(page.querySelectorAll('button:not([type])')).to.deep.equal([])
        expect(page.toString()).to.not.match(/\sstyle=|\son[a-z]+=|<script|<style|\[object|\bundefined\b|\bnull\b/)
      })
    })
  }
})

/** What a browser without scripts sends of a page, as `express.urlencoded` reads it. */
function submission(page: HTMLElement): Record<string, unknown> {
  const data = formData(page, {})
  const valueOf = (name: string): unknown => {
    const [first, ...others] = data.getAll(name)
    return others.length > 0 ? [first, ...others] : first
  }
  return Object.fromEntries([...data.keys()].map((name) => [name, valueOf(name)]))
}

describe('a page that is sent back as it came', () => {
  for (const { id } of form.steps) {
    it(`changes no answer (${id})`, () => {
      const body = submission(stepPage(stepView(open, id, complete, { files })))
      const decoded = decodeStep(open, id, body, complete)
      expect(decoded).to.deep.equal({ answers: complete, removed: [], cut: [], revealed: [] })
    })

    it(`keeps what could not be read (${id})`, () => {
      const typed = {
        ...complete,
        inizio: '31/2',
        persone: '4x',
        valore: '12,345',
        conto: { iban: 'IT', intestatario: '"<\'>&' },
      }
      const body = submission(stepPage(stepView(open, id, typed, { errors: validateStep(open, id, typed) })))
      expect(decodeStep(open, id, body, typed).answers).to.deep.equal(typed)
    })
  }

  it('changes no item', () => {
    const body = submission(stepPage(itemView(form, { name: 'veicoli', item: VEHICLE }, complete)))
    const decoded = decodeItem(form, { name: 'veicoli', item: VEHICLE, newId: () => 'x' }, body, complete)
    expect(decoded.answers).to.deep.equal(complete)
  })

  it('answers nothing while nothing is written', () => {
    for (const { id } of form.steps) {
      const { answers } = decodeStep(open, id, submission(stepPage(stepView(open, id, {}))), {})
      expect(answers).to.deep.equal(id === 'dati' ? { avvisami: false } : {})
    }
  })
})

describe('what people write', () => {
  it('is text and never markup', () => {
    const evil = '<img src=x onerror=alert(1)>"\'&'
    const answers = {
      ...complete,
      oggetto: evil,
      descrizione: `</textarea>${evil}`,
      veicoli: [{ _id: evil, targa: evil }],
    }
    const named = [{ ...(files[0] ?? expect.fail()), name: evil }]
    for (const { id } of form.steps) {
      const page = stepPage(stepView(open, id, answers, { files: named, errors: validateStep(open, id, answers) }))
      expect(page.querySelectorAll('img')).to.deep.equal([])
    }
    expect(
      draw('summary', { sections: summaryView(open, answers, { files: named }) }).querySelectorAll('img'),
    ).to.deep.equal([])
  })

  it('shows of a summary where a group ends, by a heading too', () => {
    const row = { label: 'Nome', value: 'Ada' }
    const groups = [
      { title: null, isRest: false, rows: [row] },
      { title: 'Recapiti', isRest: false, rows: [row] },
      { title: null, isRest: true, rows: [row] },
    ]
    for (const [inSection, heading] of [
      [false, 'H3'],
      [true, 'H4'],
    ] as const) {
      const section = draw('summary', { sections: [{ id: 'chi', title: 'Chi chiede', groups }], inSection })
      const lists = section.querySelectorAll('dl')
      expect(lists.map((list) => list.parentNode?.classList.contains('summary-part'))).to.deep.equal([
        false,
        true,
        false,
      ])
      expect(section.querySelectorAll('h3, h4').map(({ tagName, text }) => [tagName, text])).to.deep.include.members([
        [heading, 'Recapiti'],
        [heading, 'Altre risposte in «Chi chiede»'],
      ])
    }
  })

  it('keeps its lines inside a page that indents', () => {
    const view = stepView(open, 'dati', { descrizione: 'uno\ndue\n  tre' })
    expect(views.render('pages/drafts/step', { view })).to.contain('>uno\ndue\n  tre</textarea>')
  })
})

describe('the marks for the browser’s script', () => {
  const field = (step: string, answers: Answers, id: string) =>
    stepPage(stepView(form, step, answers)).querySelector(`#${id}`)

  it('are on what depends on an answer of the same page', () => {
    const hidden = field('dati', {}, 'famiglia')?.closest('[data-show-when]')
    expect(hidden?.attributes).to.include({ 'data-show-when': 'convivente', 'data-show-values': 'true', hidden: '' })
    const shown = field('dati', complete, 'famiglia')?.closest('[data-show-when]')
    expect(shown?.hasAttribute('hidden')).to.equal(false)
    expect(field('titolo', {}, 'proprietario')?.attributes).to.include({
      'data-show-when': 'titolo',
      'data-show-values': 'affittuario',
    })
    expect(field('titolo', {}, 'proprietario-nome')?.attributes).to.include({ disabled: '', required: '' })
  })

  it('are on what depends on another field of the same item', () => {
    const page = stepPage(itemView(form, { name: 'veicoli', item: null }, {}))
    expect(
      page.querySelector('#veicoli-0-societa')?.closest('[data-show-when]')?.getAttribute('data-show-when'),
    ).to.equal('veicoli.0.uso')
  })

  it('count characters and search long lists', () => {
    expect(field('dati', {}, 'descrizione')?.getAttribute('data-counter')).to.equal('2000')
    expect(field('dati', {}, 'tante')?.hasAttribute('data-autocomplete')).to.equal(true)
    expect(field('dati', {}, 'medie')?.hasAttribute('data-autocomplete')).to.equal(false)
  })

  it('lead to the summary of errors, an alert inside what takes the focus', () => {
    const page = stepPage(stepView(form, 'dati', {}, { errors: validateStep(form, 'dati', {}) }))
    const summary = page.querySelector('[data-error-summary]')
    expect(summary?.getAttribute('tabindex')).to.equal('-1')
    expect(summary?.hasAttribute('role')).to.equal(false)
    expect(summary?.querySelector('[role=alert] h2')?.text).to.equal('Ci sono 8 problemi')
    expect(page.querySelector('*')).to.equal(summary)
  })
})
