import { expect } from 'chai'
import {
  decodeItem,
  itemView,
  removeItem,
  removeItemView,
  stepOfList,
  stepView,
  validateItem,
  type Answers,
} from '../../server/forms/index.ts'
import { complete, form } from './all-widgets.ts'

const three = {
  veicoli: [
    { _id: 'a', targa: 'AA111AA' },
    { _id: 'b', targa: 'BB222BB' },
    { _id: 'c', targa: 'CC333CC' },
  ],
}
const two = { veicoli: three.veicoli.slice(0, 2) }
const at = (item: string | null) => ({ name: 'veicoli', item })
const newId = () => 'nuovo-id'
const plates = (answers: Answers) => (answers['veicoli'] as { targa: string }[]).map(({ targa }) => targa)

describe('a list of items', () => {
  it('gets a new item with an identifier of its own', () => {
    const decoded = decodeItem(form, { ...at(null), newId }, { posizione: '0', 'veicoli.0.targa': 'ab 123 cd' }, {})
    expect(decoded.item).to.equal('nuovo-id')
    expect(decoded.answers).to.deep.equal({ veicoli: [{ _id: 'nuovo-id', targa: 'AB123CD' }] })
  })

  it('changes the item that the address names', () => {
    const decoded = decodeItem(form, { ...at('b'), newId }, { posizione: '1', 'veicoli.1.targa': 'ZZ999ZZ' }, three)
    expect(plates(decoded.answers)).to.deep.equal(['AA111AA', 'ZZ999ZZ', 'CC333CC'])
  })

  it('changes the right one though another tab has deleted one before it', () => {
    const shorter = removeItem(form, at('a'), three)
    const decoded = decodeItem(form, { ...at('b'), newId }, { posizione: '1', 'veicoli.1.targa': 'ZZ999ZZ' }, shorter)
    expect(plates(decoded.answers)).to.deep.equal(['ZZ999ZZ', 'CC333CC'])
  })

  it('refuses to change an item that is gone, with a word to the person', () => {
    expect(() => decodeItem(form, { ...at('z'), newId }, {}, three))
      .to.throw()
      .with.property('code', 'NOT_FOUND')
    expect(() => itemView(form, at('z'), three))
      .to.throw()
      .with.property('explanation')
      .that.contains('già stato eliminato')
  })

  it('takes no more than its limit', () => {
    expect(() => decodeItem(form, { ...at(null), newId }, { 'veicoli.3.targa': 'DD444DD' }, three))
      .to.throw()
      .with.property('explanation')
      .that.contains('al massimo 3')
  })

  it('deletes an item once, however often it is asked', () => {
    const once = removeItem(form, at('b'), three)
    expect(plates(once)).to.deep.equal(['AA111AA', 'CC333CC'])
    expect(removeItem(form, at('b'), once)).to.equal(once)
    expect(removeItem(form, at('a'), { veicoli: [{ _id: 'a' }] })).to.deep.equal({})
  })

  it('is only a list that the form asks', () => {
    for (const name of ['oggetto', 'inventato', '__proto__', 'veicoli.0', '']) {
      expect(() => itemView(form, { name, item: null }, {}))
        .to.throw()
        .with.property('code', 'NOT_FOUND')
    }
    expect(stepOfList(form, 'veicoli')).to.equal('veicoli')
  })

  it('says what is wrong in an item, and only there', () => {
    const answers = { veicoli: [...two.veicoli, { _id: 'c', uso: 'noleggio' }] }
    expect(validateItem(form, at('c'), answers).map(({ name }) => name)).to.deep.equal([
      'veicoli.2.targa',
      'veicoli.2.societa',
    ])
    expect(validateItem(form, at('a'), answers)).to.deep.equal([])
  })

  it('reads the item’s own branches, and prunes them', () => {
    const { answers } = decodeItem(
      form,
      { ...at('a'), newId },
      { posizione: '0', 'veicoli.0.targa': 'AA111AA', 'veicoli.0.uso': 'noleggio', 'veicoli.0.societa': 'N' },
      two,
    )
    expect(answers['veicoli']).to.deep.include({ _id: 'a', targa: 'AA111AA', uso: 'noleggio', societa: 'N' })
    const changed = decodeItem(
      form,
      { ...at('a'), newId },
      { posizione: '0', 'veicoli.0.targa': 'AA111AA', 'veicoli.0.uso': 'proprio', 'veicoli.0.societa': 'N' },
      answers,
    )
    expect(changed.answers['veicoli']).to.deep.include({ _id: 'a', targa: 'AA111AA', uso: 'proprio' })
    expect(changed.removed).to.deep.equal(['Società di noleggio'])
  })
})

describe('the pages of a list', () => {
  const list = (answers: Answers) =>
    stepView(form, 'veicoli', answers, { action: '/modulo/veicoli' }).sections[0]?.fields[0]?.control

  it('show a card per item with its addresses', () => {
    const [card] = list({ veicoli: complete.veicoli })?.items ?? []
    expect(card).to.deep.equal({
      id: 'veicoli-0',
      itemId: 'vehicle-1',
      title: 'Veicolo AB123CD',
      rows: [
        { label: 'Numero di targa', value: 'AB123CD' },
        { label: 'Uso', value: 'Noleggio' },
        { label: 'Società di noleggio', value: 'Noleggi Srl' },
      ],
      editHref: '/modulo/veicoli/veicoli/vehicle-1',
      removeHref: '/modulo/veicoli/veicoli/vehicle-1/elimina',
      error: null,
    })
  })

  it('offer to add until the limit, and then say why not', () => {
    expect(list(two)).to.include({ canAdd: true, fullText: null, addLabel: 'Aggiungi un veicolo' })
    expect(list(three)).to.include({ canAdd: false, fullText: 'Hai raggiunto il numero massimo: 3.' })
  })

  it('number an item whose title is not known yet', () => {
    expect(list({ veicoli: [{ _id: 'a' }, { _id: 'b' }] })?.items?.map(({ title }) => title)).to.deep.equal([
      'Veicolo 1',
      'Veicolo 2',
    ])
  })

  it('lead from the summary of errors to the card of the item', () => {
    const answers = { veicoli: [{ _id: 'a', targa: '!', uso: '?' }] }
    const view = stepView(form, 'veicoli', answers, { errors: validateItem(form, at('a'), answers) })
    expect(view.errorSummary?.items.map(({ href }) => href)).to.deep.equal(['#veicoli-0'])
    expect(view.sections[0]?.fields[0]?.control.items?.[0]?.error).to.contain('Controlla la targa')
  })

  it('show one item with its values, errors and position', () => {
    const answers = { veicoli: [two.veicoli[0], { _id: 'b', targa: '!' }] }
    const view = itemView(form, at('b'), answers, { errors: validateItem(form, at('b'), answers) })
    expect(view.title).to.equal('Modifica: Veicolo !')
    const unnamed = itemView(form, at('b'), { veicoli: [two.veicoli[0], { _id: 'b' }] })
    expect(unnamed.title, 'still being added').to.equal(itemView(form, at(null), two).title)
    expect(view.hidden).to.deep.equal([{ name: 'posizione', value: '1' }])
    expect(view.errorSummary?.items[0]?.href).to.equal('#veicoli-1-targa')
    const [plate] = view.sections[0]?.fields ?? []
    expect(plate).to.include({ name: 'veicoli.1.targa', id: 'veicoli-1-targa', required: true })
    expect(plate?.control.value).to.equal('!')
  })

  it('start a new item empty, after the last one', () => {
    const view = itemView(form, at(null), two)
    expect(view).to.include({ title: 'Aggiungi un veicolo', uploads: true })
    expect(view.sections[0]?.fields.map(({ name }) => name)).to.include('veicoli.2.targa')
  })

  it('ask before deleting', () => {
    expect(removeItemView(form, at('vehicle-1'), complete)).to.deep.include({
      title: 'Vuoi eliminare «Veicolo AB123CD»?',
    })
  })
})
