import { expect } from 'chai'
import { compileForm, decodeStep, stepView, validateStep, type StepView } from '../../server/forms/index.ts'
import { complete, files, form, onOnePage, types } from './all-widgets.ts'
import { formWith, text } from './builder.ts'

const fieldsOf = (view: StepView) =>
  view.sections.flatMap(({ fields }) => fields).flatMap((field) => [field, ...(field.control.fields ?? [])])
const fieldNamed = (view: StepView, name: string) => fieldsOf(view).find((field) => field.name === name)

describe('the view of a step', () => {
  it('asks nothing of an optional group until something is written in it', () => {
    const required = (answers: object) =>
      fieldNamed(stepView(form, 'allegati', answers as typeof complete), 'conto.iban')?.required
    expect(required({})).to.equal(false)
    expect(required({ conto: { intestatario: 'Maria' } })).to.equal(true)
  })

  it('does not write the title of a section twice', () => {
    const list = (title: string) => ({
      title,
      type: 'array',
      maxItems: 2,
      items: { title: 'Voce', type: 'object', properties: { nome: text('Nome') } },
    })
    const sections = [
      { title: 'Patenti', fields: ['/patenti'] },
      { title: 'Mezzi', fields: ['/veicoli'] },
    ]
    const schema = {
      title: 'Prova',
      type: 'object',
      properties: { patenti: list('Patenti'), veicoli: list('Veicoli') },
    }
    const ui = { steps: [{ id: 'passo', title: 'Passo', sections }], fields: {} }
    const compiled = compileForm(
      { id: 'prova', version: 1, schema: { ...schema, unevaluatedProperties: false }, ui },
      types,
    )
    expect(fieldsOf(stepView(compiled, 'passo', {})).map(({ control }) => control.heading)).to.deep.equal([
      'visually-hidden',
      'field-group-title',
    ])
  })

  it('leaves out what a branch adds to a group that is always there, until the branch applies', () => {
    const upload = (title: string) => ({ title, type: 'string', format: 'allegato' })
    const permit = formWith(
      { per: text('Per chi'), allegati: { title: 'Allegati', type: 'object', properties: { foto: upload('Foto') } } },
      {
        steps: { chi: ['per'], file: ['allegati'] },
        allOf: [
          {
            if: { properties: { per: { const: 'altri' } }, required: ['per'] },
            then: { properties: { allegati: { properties: { delega: upload('Delega') } } } },
          },
        ],
      },
    )
    const names = (per: string) => fieldsOf(stepView(permit, 'file', { per })).map(({ name }) => name)
    expect(names('me')).to.deep.equal(['allegati', 'allegati.foto'])
    expect(names('altri')).to.include('allegati.delega')
  })

  it('announces fields that have just appeared, and blames nobody for them', () => {
    const decoded = decodeStep(form, 'titolo', { titolo: 'affittuario' }, {})
    const errors = validateStep(form, 'titolo', decoded.answers)
    expect(errors).to.not.be.empty
    const view = stepView(form, 'titolo', decoded.answers, { ...decoded, errors })
    expect(view.errorSummary).to.equal(null)
    expect(fieldsOf(view).filter(({ error }) => error !== null)).to.deep.equal([])
    expect(view.notices).to.deep.equal([
      'In base a quello che hai risposto servono altre informazioni: completa i nuovi campi.',
    ])
  })

  it('tells what was removed and what was cut', () => {
    const { notices } = stepView(form, 'dati', {}, { removed: ['Proprietario', 'Targa'], cut: ['Descrizione'] })
    expect(notices[0]).to.contain('«Proprietario» e «Targa»')
    expect(notices[1]).to.contain('«Descrizione»')
  })

  it('says what its frame must know', () => {
    const facts = (id: string) => {
      const { uploads, hasRequired, hasLocked } = stepView(form, id, {})
      return { uploads, hasRequired, hasLocked }
    }
    expect(facts('richiedente')).to.deep.equal({ uploads: false, hasRequired: true, hasLocked: true })
    expect(facts('allegati')).to.deep.equal({ uploads: true, hasRequired: true, hasLocked: false })
  })

  it('links to an item only where nothing typed could be lost: elsewhere buttons save first', () => {
    const hrefs = (view: StepView) => fieldNamed(view, 'veicoli')?.control.items?.map(({ editHref }) => editHref)
    expect(hrefs(stepView(form, 'veicoli', complete))).to.deep.equal(['veicoli/veicoli/vehicle-1'])
    expect(hrefs(stepView(onOnePage, 'tutto', complete))).to.deep.equal([null])
  })

  it('shows documents that are stored, and room for others', () => {
    const upload = (name: string, answers: object) =>
      fieldNamed(stepView(form, 'allegati', answers as typeof complete, { files }), name)?.control
    expect(upload('documento', complete)).to.deep.include({ canAdd: false, missing: false })
    expect(upload('documento', {})).to.deep.include({
      canAdd: true,
      missing: true,
      limits: 'PDF, PDF firmato (.p7m), JPEG o PNG, al massimo 10 MB',
    })
    expect(upload('foto', complete)).to.deep.include({ canAdd: true, missing: false })
    expect(upload('foto', { foto: ['C'.repeat(22)] })?.files).to.deep.equal([])
  })

  it('names containers and separate signatures as people know them, and lets a browser offer them', () => {
    const accept = ['application/vnd.etsi.asic-e+zip', 'application/pkcs7-signature']
    const form = formWith(
      { atti: { title: 'Atti', type: 'string', format: 'allegato' } },
      { ui: { '/atti': { accept } } },
    )
    expect(fieldNamed(stepView(form, 'passo', {}), 'atti')?.control).to.include({
      accept: [...accept, '.asice', '.sce', '.p7s'].join(','),
      limits: 'contenitore firmato (.asice) o firma separata (.p7s), al massimo 10 MB',
    })
  })

  it('gives the field of a wrong date its text back', () => {
    expect(fieldNamed(stepView(form, 'dati', { inizio: '31/2' }), 'inizio')?.control).to.include({
      type: 'text',
      value: '31/2',
    })
    expect(fieldNamed(stepView(form, 'dati', { inizio: '2026-12-01' }), 'inizio')?.control).to.include({ type: 'date' })
  })
})
