import { expect } from 'chai'
import { blankIn, givenAt, reusable, reuseDefects, reuseShapeDefects, withReused } from '../../server/forms/index.ts'
import { formWith, text, when } from './builder.ts'

const address = (title: string) => ({
  type: 'object',
  title,
  properties: { via: text('Via'), civico: text('Numero civico'), provincia: text('Provincia') },
})
const conto = { type: 'object', title: 'Conto', properties: { iban: text('IBAN', { format: 'iban' }) } }
const form = formWith(
  {
    telefono: text('Telefono', { format: 'telefono' }),
    sede: address('Sede'),
    cauzione: { type: 'boolean', title: 'Cauzione' },
    forma: { title: 'Forma', type: 'string', oneOf: [{ const: 'srl', title: 'S.r.l.' }] },
    veicoli: { type: 'array', title: 'Veicoli', items: { type: 'object', properties: { targa: text('Targa') } } },
    nota: text('Nota'),
  },
  {
    required: ['cauzione'],
    allOf: [when('cauzione', true, { conto })],
    steps: { dati: ['telefono', 'sede', 'cauzione', 'conto', 'forma', 'veicoli'], note: ['nota'] },
  },
)
const reuse = {
  'contact.phone': '/telefono',
  account: '/conto',
  'company.seat': '/sede',
  'company.role': '/forma',
  'company.pec': '/of-an-older-version',
  'vehicle.plate': '/veicoli/*/targa',
}
const blank = (answers: object, step = 'dati') =>
  blankIn(form, { step, answers: { ...answers }, reuse }).map(([meaning]) => meaning)
const offered = (pointer: string, value: unknown) => {
  const field = form.fields.get(pointer)
  return field ? reusable(form, field, value === undefined ? [] : [value]) : null
}

describe('a value that may be given once for several forms', () => {
  it('is wanted where its step asks it and nothing is written', () => {
    expect(blank({})).to.deep.equal([...['contact.phone', 'vehicle.plate', 'company.seat', 'company.role']])
    expect(blank({ cauzione: true })).to.include('account')
    expect(blank({ telefono: '+393330000101' })).not.to.include('contact.phone')
    expect(blank({ telefono: 'half a number' }), 'typed, not valid').not.to.include('contact.phone')
    expect(blank({ sede: { civico: '5' } }), 'half an address').not.to.include('company.seat')
    expect(blank({}, 'note')).to.deep.equal([])
  })

  it('goes into a group by the names of its fields, and is told in words', () => {
    const given = { via: 'Piazza del Mercato', civico: '5', cap: '06099' }
    expect(offered('/sede', given)).to.deep.equal({
      label: 'Sede',
      text: 'Piazza del Mercato, 5',
      names: ['sede.via', 'sede.civico', 'sede.provincia'],
      values: { 'sede.via': 'Piazza del Mercato', 'sede.civico': '5' },
      list: null,
    })
  })

  it('of several items begins a list, and no list that was begun', () => {
    const plate = form.fields.get('/veicoli/*/targa')!
    const vehicles = [
      { _id: 'a', targa: 'GA123BC', marca: 'x' },
      { _id: 'b' },
      { _id: 'c', targa: 'GA123BC' },
      { targa: 'FB456CD' },
    ]
    const given = givenAt({ veicoli: vehicles }, '/veicoli/*/targa')
    expect(reusable(form, plate, given)).to.deep.equal({
      label: 'Veicoli',
      text: 'GA123BC, FB456CD',
      names: [],
      values: {},
      list: { name: 'veicoli', items: [{ targa: 'GA123BC' }, { targa: 'FB456CD' }] },
    })
    expect(reusable(form, plate, [])).to.equal(null)
    expect(reusable(form, form.fields.get('/telefono')!, ['06 1', '06 2']), 'which of them?').to.equal(null)
    expect(blank({ veicoli: [{ _id: 'a' }] })).not.to.include('vehicle.plate')
  })

  it('is not offered where it does not fit', () => {
    expect(offered('/forma', 'srl')).to.deep.include({ text: 'S.r.l.', values: { forma: 'srl' } })
    for (const value of ['snc', undefined, '', 7, ['srl'], { forma: 'srl' }])
      expect(offered('/forma', value), JSON.stringify(value)).to.equal(null)
    expect(offered('/sede', 'Piazza del Mercato 5')).to.equal(null)
  })

  it('never goes over what was typed, and completes no group that was begun', () => {
    const both = [offered('/telefono', '+393330000101'), offered('/sede', { via: 'Piazza del Mercato', civico: '5' })]
    const taken = (body: object) =>
      withReused(
        { ...body },
        both.filter((one) => one !== null),
      )
    expect(taken({ telefono: ' ', nota: 'x' }).body).to.deep.equal({
      telefono: '+393330000101',
      nota: 'x',
      'sede.via': 'Piazza del Mercato',
      'sede.civico': '5',
    })
    const typed = { telefono: '06 123', 'sede.civico': '12', 'sede.via': '' }
    expect(taken(typed)).to.deep.equal({ body: typed, taken: [] })
    expect(taken({ telefono: '06 123' }).taken.map(({ label }) => label)).to.deep.equal(['Sede'])
  })

  it('is refused at start under a meaning or for a field that there is not', () => {
    expect(reuseShapeDefects(reuse)).to.deep.equal([])
    expect(reuseShapeDefects({ health: '/nota', account: 1 })).to.deep.equal([
      'unknown meaning health',
      'account: not a pointer',
    ])
    expect(reuseShapeDefects([])).to.have.length(1)
    const wrong = { 'contact.phone': '/tel', 'company.vat': '/cauzione' }
    expect(reuseDefects(form, wrong)).to.deep.equal([
      'contact.phone: /tel is not in the schema',
      'company.vat: nobody writes into /cauzione',
    ])
  })
})
