import { expect } from 'chai'
import { answeredFact, applyLocked, decodeStep, forPerson, prefill, stepView } from '../../server/forms/index.ts'
import { form } from './all-widgets.ts'
import { formWith } from './builder.ts'

const facts = {
  'identity.name': 'Maria',
  'identity.familyName': 'Rossi',
  'identity.fiscalNumber': 'rssmra80a41h501y',
  'identity.email': 'maria@Example.it',
  'identity.mobilePhone': '3331234567',
}

describe('prefilling', () => {
  it('gives a new draft the defaults and the facts that the form asks for, in their stored form', () => {
    expect(prefill(form, facts)).to.deep.equal({
      richiedente: {
        spid: 'SPID 2',
        nome: 'Maria',
        cognome: 'Rossi',
        codiceFiscale: 'RSSMRA80A41H501Y',
        email: 'maria@example.it',
      },
    })
  })

  it('leaves out what is not known', () => {
    expect(prefill(form, { 'identity.name': undefined, 'identity.email': '' })).to.deep.equal({
      richiedente: { spid: 'SPID 2' },
    })
  })

  it('is not repeated: a changed e-mail stays, a locked datum comes from the identity again', () => {
    const changed = { richiedente: { nome: 'Falso', email: 'altra@example.it' } }
    expect(applyLocked(form, changed, facts)).to.deep.equal({
      richiedente: { nome: 'Maria', cognome: 'Rossi', codiceFiscale: 'RSSMRA80A41H501Y', email: 'altra@example.it' },
    })
  })
})

describe('what a person wrote where the form offered a fact', () => {
  const answers = { richiedente: { nome: 'Maria', email: 'altra@example.it' } }

  it('is found by the fact, if it is asked and was not emptied', () => {
    expect(answeredFact(form, 'identity.email', answers)).to.equal('altra@example.it')
    expect(answeredFact(form, 'identity.email', { richiedente: { nome: 'Maria' } })).to.equal(undefined)
    expect(answeredFact(form, 'identity.ivaCode', answers)).to.equal(undefined)
  })
})

describe('a locked field', () => {
  it('opens for a person about whom the fact is not known', () => {
    const foreigner = forPerson(form, { 'identity.name': 'Anna', 'identity.familyName': 'Schmidt' })
    const body = { 'richiedente.nome': 'Altra', 'richiedente.codiceFiscale': 'RSSMRA80A41H501Y' }
    const { answers } = decodeStep(foreigner, 'richiedente', body, { richiedente: { nome: 'Anna' } })
    expect(answers).to.deep.equal({ richiedente: { nome: 'Anna', codiceFiscale: 'RSSMRA80A41H501Y' } })
  })

  it('stays closed for everybody else, and on the page it is text', () => {
    const [section] = stepView(form, 'richiedente', prefill(form, facts)).sections
    const fields = section?.fields[0]?.control.fields ?? []
    expect(fields.slice(0, 4).map(({ partial, locked }) => [partial, locked])).to.deep.equal([
      ['components/forms/readonly', true],
      ['components/forms/readonly', true],
      ['components/forms/readonly', true],
      ['components/forms/fieldset', false],
    ])
    expect(fields[2]?.control).to.deep.equal({ value: 'RSSMRA80A41H501Y' })
  })

  it('is never taken from facts that hide in a prototype', () => {
    const one = formWith(
      { nome: { title: 'Nome', type: 'string', maxLength: 9 } },
      { ui: { '/nome': { prefill: 'identity.name', lock: true } } },
    )
    const inherited = Object.create({ 'identity.name': 'Eredità' }) as Record<string, string>
    expect(prefill(one, inherited)).to.deep.equal({})
    expect([...forPerson(one, inherited).locked]).to.deep.equal([])
  })
})
