import { expect } from 'chai'
import { attach, detach, documentsOf, uploadFields, validateForm, type Answers } from '../../server/forms/index.ts'
import { complete, DOCUMENT, form } from './all-widgets.ts'

const id = (letter: string) => letter.repeat(22)

describe('upload fields', () => {
  it('are told with what they accept, one per item', () => {
    const fields = uploadFields(form, { veicoli: [{ _id: 'a' }, { _id: 'b', libretto: id('L') }] })
    expect(fields.map(({ name, stepId }) => [name, stepId])).to.deep.equal([
      ['veicoli.0.libretto', 'veicoli'],
      ['veicoli.1.libretto', 'veicoli'],
      ['documento', 'allegati'],
      ['foto', 'allegati'],
    ])
    expect(fields[1]?.documents).to.deep.equal([id('L')])
    expect(fields[2]).to.deep.include({
      multiple: false,
      maxBytes: 10_000_000,
      signature: 'optional',
      label: 'Documento di identità',
    })
    expect(fields[3]).to.deep.include({ multiple: true, maxBytes: 5_000_000, accept: ['image/jpeg', 'image/png'] })
    expect(fields[3]).to.not.have.property('signature')
  })

  it('take a document: one in place of the other, or one more', () => {
    const once = attach(form, {}, { name: 'documento', documentId: id('A') })
    expect(attach(form, once, { name: 'documento', documentId: id('B') })).to.deep.equal({ documento: id('B') })
    const first = attach(form, {}, { name: 'foto', documentId: id('A') })
    expect(attach(form, first, { name: 'foto', documentId: id('B') })).to.deep.equal({ foto: [id('A'), id('B')] })
  })

  it('take no more than their limit', () => {
    expect(() => attach(form, { foto: [id('A'), id('B')] }, { name: 'foto', documentId: id('C') }))
      .to.throw()
      .with.property('explanation')
      .that.contains('al massimo 2 documenti')
  })

  it('are only those that apply', () => {
    for (const name of ['oggetto', 'veicoli.0.libretto', '__proto__', 'documento.x', '']) {
      expect(() => attach(form, {}, { name, documentId: id('A') }))
        .to.throw()
        .with.property('code', 'INVALID_INPUT')
    }
  })

  it('give a document back, wherever it was', () => {
    const answers: Answers = {
      ...complete,
      veicoli: [{ _id: 'a', targa: 'AB123CD', libretto: id('L') }],
      foto: [id('A'), id('B')],
    }
    expect(documentsOf(form, answers)).to.deep.equal([id('L'), DOCUMENT, id('A'), id('B')])
    expect(detach(form, answers, id('A'))['foto']).to.deep.equal([id('B')])
    expect(detach(form, answers, id('L'))['veicoli']).to.deep.equal([{ _id: 'a', targa: 'AB123CD' }])
    expect(detach(form, answers, DOCUMENT)).to.not.have.property('documento')
    expect(detach(form, answers, id('Z'))).to.deep.equal(answers)
  })

  it('hold identifiers of documents, nothing else', () => {
    for (const forged of ['../../etc/passwd', 'x', '{"$ne":1}', id('A') + 'A']) {
      expect(validateForm(form, { ...complete, documento: forged }).map(({ name }) => name)).to.deep.equal([
        'documento',
      ])
    }
  })
})
