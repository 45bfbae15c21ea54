import { expect } from 'chai'
import fc from 'fast-check'
import {
  decodeItem,
  decodeStep,
  prefill,
  stepView,
  summaryView,
  validateForm,
  validateStep,
  type Answers,
} from '../../server/forms/index.ts'
import { complete, form } from './all-widgets.ts'

const names = [...form.fields.keys()].map((pointer) => pointer.slice(1).replaceAll('/', '.').replace('*', '0'))
const parse = (json: string) => JSON.parse(json) as Record<string, unknown>

/** A person's whole request for a step, and everything that is done with it. */
function process(stepId: string, body: Record<string, unknown>, answers: Answers = {}): Answers {
  const decoded = decodeStep(form, stepId, body, answers)
  const errors = validateStep(form, stepId, decoded.answers)
  stepView(form, stepId, decoded.answers, { ...decoded, errors })
  summaryView(form, decoded.answers)
  return decoded.answers
}

const known = (value: unknown, pointer = ''): void => {
  if (Array.isArray(value)) value.forEach((item) => known(item, `${pointer}/*`))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (key !== '_id') expect(form.fields.has(`${pointer}/${key}`), `${pointer}/${key}`).to.equal(true)
    known(inner, `${pointer}/${key}`)
  }
}

describe('hostile input', () => {
  afterEach('leaves no trace in the prototypes of all', () => {
    expect(Object.keys(Object.prototype)).to.deep.equal([])
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
  })

  it('cannot reach a prototype', () => {
    const body = parse(
      '{"__proto__":{"polluted":1},"__proto__.polluted":"1","constructor.prototype.polluted":"1","constructor":{"prototype":{"polluted":1}},"richiedente.__proto__.polluted":"1","richiedente.constructor":"x","veicoli.__proto__.targa":"x"}',
    )
    for (const { id } of form.steps) known(process(id, body))
    decodeItem(form, { name: 'veicoli', item: null, newId: () => 'i' }, { ...body, posizione: '__proto__' }, {})
  })

  it('finds nothing inherited in a body', () => {
    const body = Object.create({ oggetto: 'ereditato' }) as Record<string, unknown>
    expect(process('dati', body)).to.deep.equal({ avvisami: false })
  })

  it('is ignored where the schema has no field', () => {
    const body = {
      stato: 'approvata',
      'richiedente.ruolo': 'admin',
      _id: 'x',
      'veicoli.0._id': 'y',
      'oggetto.$ne': '1',
      'oggetto[$ne]': '1',
    }
    for (const { id } of form.steps) expect(JSON.stringify(process(id, body))).to.match(/^({}|{"avvisami":false})$/)
  })

  it('of other kinds than text counts as not answered', () => {
    for (const value of [
      null,
      42,
      true,
      {},
      { length: 1 },
      [null],
      [[['x']]],
      [{ toString: 'x' }],
      () => 'x',
      Symbol('x'),
    ]) {
      const body = Object.fromEntries(names.map((name) => [name, value]))
      for (const { id } of form.steps)
        expect(process(id, body)).to.satisfy((answers: Answers) => JSON.stringify(answers).length < 20)
    }
  })

  it('of ten megabytes is cut, told, and refused', () => {
    const huge = 'a'.repeat(10_000_000)
    for (const [field, label] of [
      ['oggetto', 'Oggetto'],
      ['descrizione', 'Descrizione'],
      ['valore', 'Valore'],
      ['poche', 'Poche voci'],
    ] as const) {
      const { answers, cut } = decodeStep(form, 'dati', { [field]: huge }, {})
      expect(String(answers[field])).to.have.length(20_000)
      expect(cut).to.deep.equal([label])
      expect(validateStep(form, 'dati', answers).map(({ name }) => name)).to.include(field)
      expect(stepView(form, 'dati', answers, { cut }).notices[0]).to.contain(`«${label}»`)
    }
  })

  it('of a hundred thousand values is cut, too', () => {
    const { answers } = decodeStep(
      form,
      'dati',
      { giorni: Array.from({ length: 100_000 }, (_, index) => String(index)) },
      {},
    )
    expect(answers['giorni']).to.have.length(1000)
    expect(validateStep(form, 'dati', answers).map(({ name }) => name)).to.include('giorni')
  })

  it('whatever it is, gives only what the form knows, and never a crash', () => {
    const value = fc.oneof(
      fc.string(),
      fc.array(fc.string()),
      fc.constantFrom('true', 'v1', '1.234,50', '2024-01-01', 'affittuario'),
      fc.anything(),
    )
    const name = fc.oneof(
      fc.constantFrom(...names, ...names.map((one) => `${one}.giorno`)),
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'posizione'),
    )
    const step = fc.constantFrom(...form.steps.map(({ id }) => id))
    fc.assert(
      fc.property(step, fc.dictionary(name, value), fc.boolean(), (id, body, full) => {
        const answers = process(id, body, full ? complete : {})
        known(answers)
        expect(JSON.parse(JSON.stringify(answers))).to.deep.equal(answers)
      }),
      { numRuns: 100 },
    )
  })

  it('in stored answers harms no page either', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(complete)), fc.jsonValue(), (key, value) => {
        const answers = { ...complete, [key]: value }
        validateForm(form, answers)
        for (const { id } of form.steps) process(id, {}, answers)
        summaryView(form, answers)
      }),
      { numRuns: 100 },
    )
  })

  it('decoded twice is the same: a page that is sent again changes nothing', () => {
    const typed = fc.dictionary(fc.constantFrom(...names), fc.string())
    fc.assert(
      fc.property(typed, (body) => {
        const once = decodeStep(form, 'dati', body, prefill(form, {})).answers
        expect(decodeStep(form, 'dati', body, once).answers).to.deep.equal(once)
      }),
      { numRuns: 100 },
    )
  })
})
