import { expect } from 'chai'
import { decodeStep, type Answers } from '../../server/forms/index.ts'
import { complete, DOCUMENT, form } from './all-widgets.ts'
import { formWith, text, when } from './builder.ts'

const decoded = (step: string, body: Record<string, unknown>, answers: Answers = {}) =>
  decodeStep(form, step, body, answers).answers

describe('decoding a step', () => {
  const ui = { '/campo': { errors: { pattern: 'Com’è il campo?' } } }
  const one = (field: object, typed: unknown) =>
    decodeStep(formWith({ campo: { title: 'Campo', ...field } }, { ui }), 'passo', { campo: typed }, {}).answers[
      'campo'
    ]

  const table: Record<string, [object, unknown, unknown]> = {
    'trims and joins blanks': [{ type: 'string', maxLength: 50 }, '  Via   Roma \t 1 ', 'Via Roma 1'],
    'composes accents (NFC)': [{ type: 'string', maxLength: 50 }, 'Nicolo\u0300', 'Nicolò'],
    'drops control characters': [{ type: 'string', maxLength: 50 }, 'a\u0000b\u0007c\u009fd', 'abcd'],
    'drops half of a pair': [{ type: 'string', maxLength: 50 }, 'a\ud800b', 'ab'],
    'takes blanks for no answer': [{ type: 'string', maxLength: 50 }, '   ', undefined],
    'keeps lines of long texts': [{ type: 'string', maxLength: 500 }, ' uno\r\ndue \r tre ', 'uno\ndue \n tre'],
    'keeps markup as it is': [{ type: 'string', maxLength: 50 }, '<b>&amp;', '<b>&amp;'],
    'brings a tax code to its form': [{ type: 'string', format: 'codice-fiscale' }, 'rssmra80a01 h501u', 'RSSMRA80A01H501U'],
    'keeps a wrong tax code as typed': [{ type: 'string', format: 'codice-fiscale' }, 'rssmra80a01', 'rssmra80a01'],
    'brings a telephone to E.164': [{ type: 'string', format: 'telefono' }, '06/1234 5678', '+390612345678'],
    'brings a licence to the form of its pattern': [{ type: 'string', pattern: '^[A-Z0-9]{8,12}$' }, 'u1a 23456b', 'U1A23456B'],
    'drops the blanks of a duty stamp': [{ type: 'string', pattern: '^[0-9]{14}$' }, '0123 4567 890123', '01234567890123'],
    'keeps what no blank keeps from its pattern': [{ type: 'string', pattern: '^[0-9]{14}$' }, '0123 4567', '0123 4567'],
    'reads a province in brackets': [{ type: 'string', format: 'provincia' }, '(Pg)', 'PG'],
    'reads a province by its name': [{ type: 'string', format: 'provincia' }, 'Forlì-Cesena', 'FC'],
    'reads a province with its title': [{ type: 'string', format: 'provincia' }, 'Città metropolitana di Milano', 'MI'],
    'keeps the name of two provinces': [{ type: 'string', format: 'provincia' }, 'Reggio', 'Reggio'],
    'drops the country of a VAT number': [{ type: 'string', format: 'partita-iva' }, 'P. IVA IT 00488410010', '00488410010'],
    'drops it from the code of a company': [{ type: 'string', format: 'codice-fiscale-impresa' }, 'it00488410010', '00488410010'],
    'reads a month by its name': [{ type: 'string', format: 'date' }, '3 marzo 2026', '2026-03-03'],
    'reads a month by its first letters': [{ type: 'string', format: 'date' }, '1° Feb. 2026', '2026-02-01'],
    'keeps a day that its month does not have': [{ type: 'string', format: 'date' }, '31 aprile 2026', '31 aprile 2026'],
    'keeps a year of two digits': [{ type: 'string', format: 'date' }, '3 marzo 26', '3 marzo 26'],
    'keeps what is no month': [{ type: 'string', format: 'date' }, '3 marzp 2026', '3 marzp 2026'],
    'drops square metres where they are asked': [{ type: 'integer', title: 'Superficie in metri quadrati' }, '75 mq', 75],
    'drops them as a sign': [{ type: 'number', title: 'Superficie (m²)' }, '1.075,5 m²', 1075.5],
    'drops metres where they are asked': [{ type: 'number', title: 'Lunghezza in metri' }, '12,5 m', 12.5],
    'keeps metres where square ones are asked': [{ type: 'integer', title: 'Superficie in metri quadrati' }, '75 m', '75 m'],
    'keeps square metres where metres are asked': [{ type: 'number', title: 'Lunghezza in metri' }, '12 mq', '12 mq'],
    'keeps centimetres': [{ type: 'number', title: 'Lunghezza in metri' }, '120 cm', '120 cm'],
    'keeps a unit that nobody asked for': [{ type: 'integer', title: 'Tavolini' }, '4 m', '4 m'],
    'reads an ISO date': [{ type: 'string', format: 'date' }, '2024-02-29', '2024-02-29'],
    'reads a date as people write it': [{ type: 'string', format: 'date' }, '1/3/2024', '2024-03-01'],
    'keeps an impossible date': [{ type: 'string', format: 'date' }, '31/02/2024', '31/02/2024'],
    'reads an hour with a dot': [{ type: 'string', format: 'time' }, '9.30', '09:30'],
    'reads an integer': [{ type: 'integer' }, '42', 42],
    'reads thousands': [{ type: 'integer' }, '1.250', 1250],
    'reads a negative number': [{ type: 'integer' }, '-3', -3],
    'keeps letters for validation': [{ type: 'integer' }, '4a', '4a'],
    'keeps decimals where an integer is asked': [{ type: 'integer' }, '1,5', '1,5'],
    'keeps exponents': [{ type: 'number' }, '1e5', '1e5'],
    'reads a decimal comma': [{ type: 'number' }, '1.250,75', 1250.75],
    'reads a decimal dot': [{ type: 'number' }, '12.5', 12.5],
    'keeps a number too long to be exact': [{ type: 'integer' }, '12345678901234567890', '12345678901234567890'],
    'reads money as cents': [{ type: 'integer', format: 'euro' }, '€ 1.250,5', 125050],
    'keeps what is no money': [{ type: 'integer', format: 'euro' }, 'molti', 'molti'],
    'gives a choice its type': [{ type: 'integer', enum: [1, 2] }, '2', 2],
    'keeps an unknown choice': [{ type: 'integer', enum: [1, 2] }, '3', '3'],
    'reads yes': [{ type: 'boolean', title: 'Sì?' }, 'true', true],
    'gives a checkbox left alone its no': [{ type: 'boolean' }, undefined, false],
    'leaves a declaration not made away': [{ type: 'boolean', const: true }, undefined, undefined],
    'takes a declaration': [{ type: 'boolean', const: true }, 'true', true],
    'makes a list of one choice': [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, 'a', ['a']],
    'makes a list of choices, each once': [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, ['a', 'b', 'a'], ['a', 'b']],
    'leaves no choice away': [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, undefined, undefined],
    'takes the first of several texts': [{ type: 'string', maxLength: 50 }, ['uno', 'due'], 'uno'],
  } // prettier-ignore
  for (const [name, [field, typed, stored]] of Object.entries(table)) {
    it(name, () => expect(one(field, typed)).to.deep.equal(stored))
  }

  it('answers false for a yes-no question, and nothing while it is open', () => {
    const asked = formWith({ vero: { title: 'Vero?', type: 'boolean' } }, { required: ['vero'] })
    expect(decodeStep(asked, 'passo', { vero: 'false' }, {}).answers).to.deep.equal({ vero: false })
    expect(decodeStep(asked, 'passo', {}, {}).answers).to.deep.equal({})
  })

  it('puts a date together from its parts', () => {
    const parts = (giorno: string, mese: string, anno: string) =>
      decoded('richiedente', {
        'richiedente.nascita.data.giorno': giorno,
        'richiedente.nascita.data.mese': mese,
        'richiedente.nascita.data.anno': anno,
      })
    expect(parts('1', '2', '1980')).to.deep.equal({ richiedente: { nascita: { data: '1980-02-01' } } })
    expect(parts('1', 'Febbraio', '1980')).to.deep.equal({ richiedente: { nascita: { data: '1980-02-01' } } })
    expect(parts('31', '2', '1980')).to.deep.equal({ richiedente: { nascita: { data: '31/2/1980' } } })
    expect(parts('', '', '')).to.deep.equal({})
  })

  it('leaves an optional group away when nothing is written in it', () => {
    expect(decoded('allegati', { 'conto.iban': ' ', 'conto.intestatario': '' })).to.deep.equal({})
    expect(decoded('allegati', { 'conto.iban': 'x' })).to.deep.equal({ conto: { iban: 'x' } })
  })

  it('changes only the answers of its step', () => {
    const others = Object.fromEntries(Object.entries(complete).filter(([key]) => key !== 'conto'))
    expect(decoded('allegati', {}, complete)).to.deep.equal(others)
  })

  it('never reads locked, read-only or uploaded values, nor lists, from the request', () => {
    const answers = {
      richiedente: { codiceFiscale: 'RSSMRA80A41H501Y', spid: 'SPID 2' },
      documento: DOCUMENT,
      veicoli: complete.veicoli,
    }
    const body = {
      'richiedente.codiceFiscale': 'VRDLCU70A01H501E',
      'richiedente.spid': 'SPID 3',
      documento: 'CCCCCCCCCCCCCCCCCCCCCC',
      foto: ['CCCCCCCCCCCCCCCCCCCCCC'],
      'veicoli.0.targa': 'ZZ999ZZ',
      veicoli: 'x',
    }
    for (const step of form.steps) {
      const { richiedente, documento, foto, veicoli } = decoded(step.id, body, answers)
      expect({ richiedente, documento, foto, veicoli }).to.deep.equal({ ...answers, foto: undefined })
    }
  })

  it('refuses a step that the form does not have', () => {
    expect(() => decodeStep(form, 'inventato', {}, {}))
      .to.throw()
      .with.property('code', 'NOT_FOUND')
  })
})

describe('changing an answer', () => {
  const house = formWith(
    { casa: { title: 'Casa', type: 'string', enum: ['mia', 'affitto'] } },
    {
      required: ['casa'],
      allOf: [
        when('casa', 'affitto', { registrato: { title: 'Registrato?', type: 'boolean' } }),
        when('registrato', true, { numero: text('Numero di registrazione') }),
      ],
      steps: { casa: ['casa'], contratto: ['registrato', 'numero'] },
    },
  )
  const rented = { casa: 'affitto', registrato: true, numero: '12/2024' }

  it('takes away what no longer applies, and what depended on that, and says so', () => {
    const { answers, removed } = decodeStep(house, 'casa', { casa: 'mia' }, rented)
    expect(answers).to.deep.equal({ casa: 'mia' })
    expect(removed).to.deep.equal(['Registrato?', 'Numero di registrazione'])
  })

  it('to the same takes nothing away', () => {
    expect(decodeStep(house, 'casa', { casa: 'affitto' }, rented)).to.deep.include({ answers: rented, removed: [] })
  })

  it('tells which fields have appeared that the person did not see', () => {
    const first = decodeStep(house, 'contratto', { registrato: 'true' }, { casa: 'affitto' })
    expect(first.revealed).to.deep.equal(['/numero'])
    const seen = decodeStep(house, 'contratto', { registrato: 'true', numero: '' }, { casa: 'affitto' })
    expect(seen.revealed).to.deep.equal([])
  })

  it('drops what the form does not know, however it came there', () => {
    const { answers, removed } = decodeStep(house, 'casa', { casa: 'affitto' }, { ...rented, estraneo: { a: 1 } })
    expect(answers).to.deep.equal(rented)
    expect(removed).to.deep.equal([])
  })
})
