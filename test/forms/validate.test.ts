import { expect } from 'chai'
import { forPerson, validateForm, validateStep, type Answers, type Form } from '../../server/forms/index.ts'
import { complete, form } from './all-widgets.ts'
import { formWith, text, when } from './builder.ts'

const messages = (of: Form, answers: Answers) => validateForm(of, answers).map(({ message }) => message)

describe('validating answers', () => {
  it('finds nothing wrong in complete answers', () => expect(validateForm(form, complete)).to.deep.equal([]))

  it('asks one thing of each field, in the order of the pages', () => {
    const missing = validateForm(form, {}).map(({ name }) => name)
    expect(missing).to.deep.equal([
      'richiedente.nome',
      'richiedente.cognome',
      'richiedente.codiceFiscale',
      'richiedente.email',
      'oggetto',
      'inizio',
      'persone',
      'valore',
      'poche',
      'giorni',
      'convivente',
      'privacy',
      'titolo',
      'veicoli',
      'documento',
    ])
  })

  it('tells them as the pages ask: steps, groups that several steps ask in parts, items one after the other', () => {
    const group = { title: 'Sede', type: 'object', properties: { via: text('Via'), cap: text('CAP') } }
    const targhe = { title: 'Veicoli', type: 'array', items: { type: 'object', properties: { targa: text('Targa') } } }
    const asked = formWith(
      {
        ultimo: text('Ultimo'),
        sede: { ...group, required: ['cap', 'via'] },
        veicoli: { ...targhe, items: { ...targhe.items, required: ['targa'] } },
        primo: text('Primo'),
      },
      {
        required: ['ultimo', 'sede', 'primo'],
        steps: { uno: ['primo', 'sede/via'], due: ['veicoli', 'sede/cap'], tre: ['ultimo'] },
      },
    )
    const vehicles = [...Array(11).keys()]
    expect(validateForm(asked, { veicoli: vehicles.map(() => ({})) }).map(({ name }) => name)).to.deep.equal([
      ...['primo', 'sede.via', ...vehicles.map((index) => `veicoli.${index}.targa`), 'sede.cap', 'ultimo'],
    ])
  })

  it('keeps to the fields of the step', () => {
    expect(validateStep(form, 'titolo', {}).map(({ name, stepId }) => [name, stepId])).to.deep.equal([
      ['titolo', 'titolo'],
    ])
    expect(validateStep(form, 'veicoli', { titolo: 'affittuario' }).map(({ name }) => name)).to.deep.equal(['veicoli'])
  })

  it('asks the fields of a branch only when it applies', () => {
    expect(validateStep(form, 'titolo', { titolo: 'proprietario' })).to.deep.equal([])
    expect(validateStep(form, 'titolo', { titolo: 'affittuario' }).map(({ pointer }) => pointer)).to.deep.equal([
      '/proprietario/nome',
      '/proprietario/cognome',
      '/proprietario/codiceFiscale',
    ])
  })

  it('gives one error for a choice that is not among the options', () => {
    const errors = validateStep(form, 'titolo', { titolo: 'inquilino' })
    expect(errors.map(({ message }) => message)).to.deep.equal([
      'Scegli una delle risposte elencate per «A che titolo»',
    ])
  })

  it('points at the field of the item', () => {
    const answers = { ...complete, veicoli: [{ targa: 'AB123CD' }, { _id: 'x', targa: '!' }] }
    expect(validateStep(form, 'veicoli', answers)).to.deep.equal([
      {
        pointer: '/veicoli/1/targa',
        name: 'veicoli.1.targa',
        label: 'Targa',
        message: 'Controlla la targa in «Targa»: scrivi solo lettere e cifre, per esempio AB123CD',
        stepId: 'veicoli',
      },
    ])
  })

  it('asks the rest of an optional group once something is written in it', () => {
    expect(
      validateStep(form, 'allegati', { ...complete, conto: { intestatario: 'Maria' } }).map(({ name }) => name),
    ).to.deep.equal(['conto.iban'])
  })

  it('refuses what the form does not know, without repeating it', () => {
    const errors = validateForm(form, { ...complete, intruso: '<script>' })
    expect(errors).to.have.length(1)
    expect(JSON.stringify(errors)).to.not.contain('intruso').and.not.contain('script')
  })

  it('refuses answers left over from a branch that no longer applies', () => {
    expect(validateForm(form, { ...complete, titolo: 'proprietario' }).map(({ pointer }) => pointer)).to.deep.equal([
      '/proprietario',
    ])
  })

  it('refuses values of the wrong kind everywhere', () => {
    for (const value of [null, 1, true, 'x', [], {}, [null]]) {
      const wrong = Object.fromEntries(Object.keys(complete).map((key) => [key, value]))
      expect(validateForm(form, wrong), JSON.stringify(value)).to.not.be.empty
    }
  })

  it('does not blame a person for what the identity provider says', () => {
    const odd = { ...complete, richiedente: { ...complete.richiedente, codiceFiscale: 'RSSMRA80A41H501A' } }
    expect(validateForm(form, odd)).to.deep.equal([])
    expect(validateForm(forPerson(form, {}), odd).map(({ name }) => name)).to.deep.equal(['richiedente.codiceFiscale'])
  })

  it('says where a missing identity datum comes from', () => {
    const nameless = { ...complete.richiedente, nome: undefined }
    expect(messages(form, { ...complete, richiedente: nameless })[0]).to.contain('identità digitale')
  })
})

describe('messages', () => {
  const said = (field: object, value: unknown) => {
    const one = formWith({ campo: { title: 'Campo', ...field } }, { required: ['campo'] })
    return messages(one, value === undefined ? {} : { campo: value })[0]
  }
  const table: Record<string, [object, unknown, string]> = {
    'a missing text': [text('Nome'), undefined, 'Compila il campo «Nome»'],
    'a missing answer to a question': [text('Quanti siete?'), undefined, 'Rispondi alla domanda «Quanti siete?»'],
    'a missing choice': [{ type: 'string', enum: ['a', 'b'] }, undefined, 'Scegli una risposta per «Campo»'],
    'a missing date': [{ type: 'string', format: 'date' }, undefined, 'Scrivi la data in «Campo»'],
    'a missing document': [{ type: 'string', format: 'allegato' }, undefined, 'Carica il documento «Campo»'],
    'a declaration not made': [{ type: 'boolean', const: true }, undefined, 'Per continuare devi accettare: «Campo»'],
    'no choice of several': [{ type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } }, undefined, 'Scegli almeno una voce per «Campo»'],
    'too few choices': [{ type: 'array', minItems: 2, items: { type: 'string', enum: ['a', 'b'] } }, ['a'], '«Campo»: ne servono almeno 2'],
    'too many choices': [{ type: 'array', minItems: 1, maxItems: 1, items: { type: 'string', enum: ['a', 'b'] } }, ['a', 'b'], '«Campo»: puoi indicarne al massimo 1'],
    'a text too long': [text('Nome', { maxLength: 3 }), 'abcd', '«Nome» deve avere al massimo 3 caratteri'],
    'letters for a number': [{ type: 'integer' }, '4a', 'Controlla «Campo»: scrivi un numero intero, per esempio 12'],
    'letters for money': [{ type: 'integer', format: 'euro' }, 'molti', 'Controlla «Campo»: scrivi un importo in euro, per esempio 1.250,50'],
    'too little money': [{ type: 'integer', format: 'euro', minimum: 12550 }, 100, '«Campo» deve essere almeno 125,50 €'],
    'a decimal limit': [{ type: 'number', maximum: 2.5 }, 3, '«Campo» deve essere al massimo 2,5'],
    'an impossible date': [{ type: 'string', format: 'date' }, '31/02/2024', 'Controlla la data in «Campo»: scrivi giorno, mese e anno di quattro cifre, per esempio 27/03/2024'],
    'a date too early': [{ type: 'string', format: 'date', formatMinimum: '2024-03-01' }, '2024-02-29', 'La data in «Campo» non può essere prima del 01/03/2024'],
    'tomorrow as a birthday': [{ type: 'string', format: 'data-passata' }, '2026-11-26', 'La data in «Campo» non può essere dopo oggi'],
    'a birthday that is no date': [{ type: 'string', format: 'data-passata' }, '1/2/90', 'Controlla la data in «Campo»: scrivi giorno, mese e anno di quattro cifre, per esempio 27/03/2024'],
    'a wrong tax code': [{ type: 'string', format: 'codice-fiscale' }, 'X', 'Controlla il codice fiscale in «Campo»: sono 16 lettere e cifre, per esempio RSSMRA80A01H501U'],
  } // prettier-ignore
  for (const [name, [field, value, message]] of Object.entries(table)) {
    it(`say what to do about ${name}`, () => expect(said(field, value)).to.equal(message))
  }

  it("are the author's own where the companion has them", () => {
    const own = formWith(
      { targa: { title: 'Targa', type: 'string', format: 'targa' } },
      {
        required: ['targa'],
        ui: { '/targa': { errors: { required: 'Inserisci la targa del veicolo', 'format:targa': 'Com’è la targa?' } } },
      },
    )
    expect(messages(own, {})).to.deep.equal(['Inserisci la targa del veicolo'])
    expect(messages(own, { targa: '?' })).to.deep.equal(['Com’è la targa?'])
  })

  it('never carry what was typed', () => {
    const typed = 'valoreScrittoDallaPersona'
    const all = Object.fromEntries(Object.keys(complete).map((key) => [key, typed]))
    expect(JSON.stringify(validateForm(form, all))).to.not.contain(typed)
  })
})

describe('rules of a procedure', () => {
  const dates = formWith(
    {
      dal: { title: 'Dal', type: 'string', format: 'date' },
      al: { title: 'Al', type: 'string', format: 'date' },
      note: text('Note'),
    },
    {
      required: ['dal', 'al'],
      steps: { periodo: ['dal', 'al'], altro: ['note'] },
      rules: ({ dal, al }) =>
        String(dal) > String(al) ? [{ pointer: '/al', message: 'La fine viene dopo l’inizio' }] : [],
    },
  )

  it('speak once the schema is satisfied', () => {
    const answers = { dal: '2024-03-01', al: '2024-02-01' }
    expect(validateStep(dates, 'periodo', answers).map(({ name, message }) => [name, message])).to.deep.equal([
      ['al', 'La fine viene dopo l’inizio'],
    ])
    expect(messages(dates, answers)).to.deep.equal(['La fine viene dopo l’inizio'])
  })

  it('are silent on answers that the schema refuses, and in other steps', () => {
    expect(messages(dates, { dal: '2024-03-01', al: 'boh' }))
      .to.have.length(1)
      .and.not.include('La fine viene dopo l’inizio')
    expect(validateStep(dates, 'altro', { dal: '2024-03-01', al: '2024-02-01' })).to.deep.equal([])
  })

  it('cannot point at nothing: that is a defect of the procedure', () => {
    const misspelt = formWith({ nome: text('Nome') }, { rules: () => [{ pointer: '/nme', message: 'x' }] })
    expect(() => validateForm(misspelt, {})).to.throw('/nme')
  })
})

describe('branches', () => {
  it('may be if, else, dependentSchemas and dependentRequired', () => {
    const branches = formWith(
      {
        tipo: { title: 'Tipo', type: 'string', enum: ['persona', 'impresa'] },
        pec: text('PEC'),
        cellulare: text('Cellulare'),
      },
      {
        allOf: [{ ...when('tipo', 'persona', { nome: text('Nome') }), else: { properties: { ditta: text('Ditta') } } }],
        keywords: {
          dependentSchemas: { cellulare: { properties: { orario: text('Orario') }, required: ['orario'] } },
          dependentRequired: { pec: ['cellulare'] },
        },
        steps: { passo: ['tipo', 'nome', 'ditta', 'pec', 'cellulare', 'orario'] },
      },
    )
    const missing = (answers: Answers) => validateForm(branches, answers).map(({ name }) => name)
    expect(missing({ tipo: 'persona' })).to.deep.equal(['nome'])
    expect(missing({ tipo: 'impresa', ditta: 'Ditta' })).to.deep.equal([])
    expect(missing({ tipo: 'persona', nome: 'N', ditta: 'D' })).to.deep.equal(['ditta'])
    expect(missing({ tipo: 'persona', nome: 'N', pec: 'x' })).to.deep.equal(['cellulare'])
    expect(missing({ tipo: 'persona', nome: 'N', cellulare: 'x' })).to.deep.equal(['orario'])
  })
})
