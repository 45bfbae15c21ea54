import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { compileForm, type Ui } from '../../server/forms/index.ts'
import { form, source, types, typesWith } from './all-widgets.ts'
import { formWith, text, when } from './builder.ts'

/** The defects of a form, one a line. */
function defectsOf(compile: () => unknown): string {
  try {
    compile()
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return 'no defect'
}

const base = { title: 'Prova', type: 'object', unevaluatedProperties: false }
const ui: Ui = { steps: [{ id: 'passo', title: 'Passo', fields: ['/nome'] }] }
const compiled =
  (schema: object, companion: Ui = ui) =>
  () =>
    compileForm({ id: 'prova', version: 3, schema: { ...base, ...schema }, ui: companion }, types)

describe('compiling a form', () => {
  it('chooses the widget that fits each value', () => {
    const widgets = Object.fromEntries([...form.fields].map(([pointer, { widget }]) => [pointer, widget]))
    expect(widgets).to.include({
      '/richiedente': 'fieldset',
      '/richiedente/nascita/data': 'date-parts',
      '/richiedente/email': 'email',
      '/richiedente/pec': 'email',
      '/richiedente/telefono': 'tel',
      '/richiedente/spid': 'readonly',
      '/oggetto': 'text',
      '/descrizione': 'textarea',
      '/ora': 'time',
      '/inizio': 'date',
      '/persone': 'number',
      '/superficie': 'number',
      '/valore': 'money',
      '/poche': 'radio',
      '/medie': 'select',
      '/tante': 'autocomplete',
      '/anni': 'radio',
      '/convivente': 'yes-no',
      '/avvisami': 'checkbox',
      '/giorni': 'checkboxes',
      '/privacy': 'declaration',
      '/veicoli': 'repeater',
      '/veicoli/*/societa': 'text',
      '/conto': 'fieldset',
      '/conto/iban': 'text',
      '/documento': 'upload',
      '/foto': 'upload',
    })
  })

  it('takes title and description of a shared type, unless the form says otherwise', () => {
    expect(form.fields.get('/conto')?.label).to.equal('Conto corrente')
    expect(form.fields.get('/proprietario')?.label).to.equal('Proprietario')
    expect(form.fields.get('/conto/iban')?.hint).to.contain('27 lettere e cifre')
  })

  it('may be done twice with the same source', () => {
    expect(compileForm(source, types).fields.size).to.equal(form.fields.size)
  })

  it('accepts every form of the catalogue, and finds it consistent', () => {
    const schemas = readdirSync('forms', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('/schema.json'),
    )
    expect(schemas).to.not.be.empty
    const read = (file: string) => JSON.parse(readFileSync(join('forms', file), 'utf8')) as object
    for (const file of schemas) {
      const companion = read(file.replace('schema.json', 'ui.json')) as Ui
      expect(compileForm({ id: file, version: 1, schema: read(file), ui: companion }, types).steps).to.not.be.empty
    }
  })
})

describe('a form with defects', () => {
  it('is refused with all of them, under its name and version', () => {
    const message = defectsOf(
      compiled({
        properties: { nome: { type: 'string' }, eta: { title: 'Età', type: 'integer' } },
        required: ['assente'],
      }),
    )
    expect(message).to.match(/^Form prova version 3:\n/)
    expect(message).to.contain('/nome: no title and no label')
    expect(message).to.contain('/nome: a text needs a maxLength')
    expect(message).to.contain('/eta: no step asks it')
    expect(message).to.contain('/assente: required but not declared')
  })

  const nome = text('Nome')
  const cases: Record<string, [() => unknown, string]> = {
    'a schema that ajv refuses': [compiled({ properties: { nome: { ...nome, 'x-widget': 'text' } } }), 'does not compile'],
    'an unknown format': [compiled({ properties: { nome: { ...nome, format: 'codice-fisale' } } }), 'does not compile'],
    'a schema left open': [compiled({ properties: { nome }, unevaluatedProperties: true }), '"unevaluatedProperties": false'],
    'a root that is no object': [compiled({ type: 'string', properties: { nome } }), 'the schema must be an object'],
    'a form without title': [compiled({ title: '', properties: { nome } }), 'the schema has no title'],
    'a name with a prototype behind it': [compiled({ properties: JSON.parse('{"__proto__":{"type":"string"}}') as object }), '/__proto__: a property'],
    'a name with a dash': [compiled({ properties: { nome, 'a-b': nome } }), '/a-b: a property'],
    'a name that ids use': [compiled({ properties: { nome, error: nome } }), '/error: a property'],
    'keywords without words for people': [compiled({ properties: { nome }, anyOf: [{ required: ['nome'] }] }), 'anyOf is not supported'],
    'additionalProperties, which branches would break': [compiled({ properties: { nome }, additionalProperties: false }), 'additionalProperties is not supported'],
    'a type that contains itself': [
      () => compileForm({ id: 'p', version: 1, schema: { ...base, properties: { nome: { $ref: 'nodo.schema.json' } } }, ui }, typesWith({ $id: 'nodo.schema.json', title: 'Nodo', type: 'object', properties: { figlio: { $ref: 'nodo.schema.json' } } })),
      'refers to itself',
    ],
    'a type that is no schema': [
      () => compileForm({ id: 'p', version: 1, schema: { ...base, properties: { nome } }, ui }, typesWith({ $id: 'nodo.schema.json', title: 'Nodo', type: 'string', minLength: '3' })),
      'schema is invalid: data/minLength must be integer',
    ],
    'an if that holds before the answer': [
      compiled({ properties: { nome, altro: nome }, if: { properties: { nome: { const: 'x' } } }, then: { required: ['altro'] } }),
      'tests nome without "required"',
    ],
    'a field that depends on a later step': [
      () => formWith({ prima: text('Prima') , poi: text('Poi') }, { allOf: [when('poi', 'x', { sorpresa: text('Sorpresa') })], steps: { uno: ['prima', 'sorpresa'], due: ['poi'] } }),
      '/sorpresa: depends on /poi, asked in a later step',
    ],
    'a branch whose field no step asks': [() => formWith({ nome }, { allOf: [when('nome', 'x', { altro: nome })] }), '/altro: no step asks it'],
    'a condition on what is not asked': [() => formWith({ nome }, { allOf: [when('fantasma', 'x', { altro: nome })], steps: { passo: ['nome', 'altro'] } }), '/altro: depends on /fantasma, which is not in the schema'],
    'a field asked twice': [compiled({ properties: { nome } }, { steps: [{ id: 'a', title: 'A', fields: ['/nome'] }, { id: 'b', title: 'B', fields: ['/nome'] }] }), '/nome: asked 2 times'],
    'two steps with one name': [compiled({ properties: { nome } }, { steps: [{ id: 'a', title: 'A', fields: ['/nome'] }, { id: 'a', title: 'A', fields: ['/nome'] }] }), 'step a is there twice'],
    'a step that asks what is not there': [compiled({ properties: { nome } }, { steps: [{ id: 'a', title: 'A', fields: ['/nome', '/cognome'] }] }), 'a step asks /cognome'],
    'a companion for what is not there': [() => formWith({ nome }, { ui: { '/cognome': { width: 'short' } } }), '/cognome is not in the schema'],
    'a pattern that nobody explains': [() => formWith({ nome: text('Nome', { pattern: '^A' }) }), 'a pattern needs a sentence'],
    'a sentence for no error': [() => formWith({ nome }, { ui: { '/nome': { errors: { requird: 'x' } } } }), 'errors.requird is for nothing'],
    'an unknown prefill': [() => formWith({ nome }, { ui: { '/nome': { prefill: 'identity.nickname' } } }), 'unknown prefill identity.nickname'],
    'a lock that nobody can open': [() => formWith({ nome }, { ui: { '/nome': { lock: true } } }), 'lock without prefill'],
    'a widget that cannot ask it': [() => formWith({ nome }, { ui: { '/nome': { widget: 'date' } } }), 'the widget date cannot ask for text'],
    'a list inside a list': [
      () => formWith({ case: { title: 'Case', type: 'array', items: { type: 'object', properties: { stanze: { title: 'Stanze', type: 'array', items: { type: 'object', properties: { nome } } } } } } }),
      'a list inside a list',
    ],
    'an array of free texts': [() => formWith({ nomi: { title: 'Nomi', type: 'array', items: { type: 'string' } } }), 'an array holds objects, choices or files'],
    'choices without const': [() => formWith({ nome: { title: 'Nome', type: 'string', oneOf: [{ title: 'A' }, { title: 'B' }] } }), 'oneOf is for choices'],
    'a required list that may be empty': [() => formWith({ giorni: { title: 'Giorni', type: 'array', items: { type: 'string', enum: ['a', 'b'] } } }, { required: ['giorni'] }), 'a required list needs minItems'],
    'an item title that names nothing': [
      () => formWith({ veicoli: { title: 'Veicoli', type: 'array', items: { $ref: 'veicolo.schema.json' } } }, { ui: { '/veicoli': { itemTitle: '{{colore}}' } } }),
      'itemTitle names /veicoli/*/colore',
    ],
    'a misspelt word in the companion': [
      compiled({ properties: { nome } }, { steps: [{ id: 'a', title: 'A', fields: ['/nome'] }], fields: { '/nome': { widht: 'short' } } } as unknown as Ui),
      'widht',
    ],
    'a step without fields': [compiled({ properties: { nome } }, { steps: [{ id: 'a', title: 'A' }] }), 'ui.json/steps/0'],
  } // prettier-ignore

  for (const [name, [compile, defect]] of Object.entries(cases)) {
    it(`is refused: ${name}`, () => expect(defectsOf(compile)).to.contain(defect))
  }
})
