import { expect } from 'chai'
import { summaryView, type Answers } from '../../server/forms/index.ts'
import { complete, files, form } from './all-widgets.ts'
import { formWith, text } from './builder.ts'

const rowsOf = (step: string, answers: object = complete) =>
  Object.fromEntries(
    summaryView(form, answers as typeof complete, { files, only: step }).flatMap(({ rows }) =>
      rows.map(({ label, value }) => [label, value]),
    ),
  )

describe('the summary', () => {
  it('has a section per step, each with its way back', () => {
    const sections = summaryView(form, complete, { files, changeLink: (step) => `/modulo/${step}` })
    expect(sections.map(({ id, title, changeHref }) => [id, title, changeHref])).to.deep.equal(
      form.steps.map(({ id, title }) => [id, title, `/modulo/${id}`]),
    )
    expect(summaryView(form, complete).every(({ changeHref }) => changeHref === null)).to.equal(true)
  })

  it('says every answer in words', () => {
    expect(rowsOf('dati')).to.deep.equal({
      Oggetto: 'Permesso',
      Descrizione: complete.descrizione,
      'Ora di inizio': '09:30',
      'Data di inizio': '01/12/2026',
      'Numero di persone': '4',
      'Superficie in metri quadrati': '12,5',
      Valore: '1.234,50 €',
      'Poche voci': 'Voce 1',
      'Medie voci': 'Voce 5',
      'Tante voci': 'Voce 12',
      'Anni di validità': '2',
      Giorni: 'Voce 1, Voce 3',
      'Avvisami per e-mail': 'Sì',
      'Vivi con altre persone?': 'Sì',
      'La tua famiglia': 'Tre persone',
      'Ho letto l’informativa': 'Sì',
    })
  })

  it('parts the thousands of a quantity, not of a year', () => {
    const large = { ...complete, persone: 12_000, superficie: 9999.5 }
    expect(rowsOf('dati', large)).to.include({
      'Numero di persone': '12.000',
      'Superficie in metri quadrati': '9999,5',
    })
  })

  it('says what was not answered, and no to a box left alone', () => {
    expect(rowsOf('dati', {})).to.include({ Oggetto: 'Non indicato', 'Avvisami per e-mail': 'No' })
    expect(rowsOf('dati', {})).to.not.have.property('La tua famiglia')
    expect(rowsOf('allegati', {})).to.deep.equal({
      'Conto corrente': 'Non indicato',
      'Documento di identità': 'Non indicato',
      Fotografie: 'Non indicato',
    })
    expect(rowsOf('veicoli', {})).to.deep.equal({ Veicoli: 'Non indicato' })
  })

  it('keeps what belongs together under its title', () => {
    const [section] = summaryView(form, complete, { files, only: 'veicoli' })
    expect(section?.groups.map(({ title }) => title)).to.deep.equal(['Veicolo AB123CD'])
    expect(section?.groups[0]?.rows[0]).to.deep.equal({ label: 'Numero di targa', value: 'AB123CD' })
    expect(section?.rows[0]?.label).to.equal('Veicolo AB123CD: Numero di targa')
    expect(Object.keys(rowsOf('richiedente'))).to.include('Nascita: Data di nascita')
  })

  it('writes a title once, where a group is called as its step', () => {
    const properties = { luogo: { title: 'luogo', type: 'object', properties: { via: text('Via') } } }
    const [section] = summaryView(formWith(properties, { steps: { luogo: ['luogo'] } }), { luogo: { via: 'Via Roma' } })
    expect([section?.title, section?.groups.map(({ title }) => title)]).to.deep.equal(['luogo', [null]])
    expect(section?.rows[0]?.label, 'alone it still says of what').to.equal('luogo: Via')
  })

  it('gives the title of a group once, before what is inside of it', () => {
    const birth = { title: 'Nascita', type: 'object', properties: { data: text('Data') } }
    const person = { nome: text('Nome'), nascita: birth, sesso: text('Sesso') }
    const items = { type: 'object', properties: person }
    const properties = {
      capo: { title: 'Capo', ...items },
      ruolo: text('Ruolo'),
      figli: { title: 'Figli', type: 'array', items },
      note: text('Note'),
    }
    const [section] = summaryView(formWith(properties), {
      capo: { nome: 'Ada', nascita: { data: '1980' }, sesso: 'F' },
      figli: [{ nome: 'Ugo' }, { nome: 'Ivo', nascita: { data: '2012' }, sesso: 'M' }],
    })
    expect(section?.groups.map(({ title, rows }) => [title, ...rows.map(({ label }) => label)])).to.deep.equal([
      ['Capo', 'Nome', 'Sesso'],
      ['Capo, Nascita', 'Data'],
      [null, 'Ruolo'],
      ['Figli 1', 'Nome', 'Nascita', 'Sesso'],
      ['Figli 2', 'Nome', 'Sesso'],
      ['Figli 2, Nascita', 'Data'],
      [null, 'Note'],
    ])
    expect(
      section?.rows.slice(0, 3).map(({ label }) => label),
      'in one list as it was asked',
    ).to.deep.equal(['Capo: Nome', 'Capo, Nascita: Data', 'Capo: Sesso'])
  })

  it('tells what follows a group from the group, in one list up to the next', () => {
    const contacts = { title: 'Recapiti', type: 'object', properties: { email: text('E-mail') } }
    const place = { title: 'luogo', type: 'object', properties: { recapiti: contacts, via: text('Via') } }
    const properties = { luogo: place, note: text('Note') }
    const [section] = summaryView(formWith(properties, { steps: { luogo: ['luogo', 'note'] } }), {
      luogo: { recapiti: { email: 'a@b.example' } },
    })
    expect(section?.groups.map(({ title, isRest, rows }) => [title, isRest, rows.length])).to.deep.equal([
      ['Recapiti', false, 1],
      [null, true, 2],
    ])
    const [alone] = summaryView(formWith({ note: text('Note') }), {})
    expect(alone?.groups.map(({ isRest }) => isRest)).to.deep.equal([false])
  })

  it('says what a group is part of only where another is called alike', () => {
    const place = { title: 'Luogo', type: 'object', properties: { via: text('Via') } }
    const hole = { title: 'Buca', type: 'object', properties: { luogo: place } }
    const titles = (properties: Record<string, object>, answers: Answers) =>
      summaryView(formWith(properties), answers).flatMap(({ groups }) => groups.map(({ title }) => title))
    const via = { luogo: { via: 'Via Roma' } }
    expect(titles({ buca: hole }, { buca: via })).to.deep.equal(['Luogo'])
    const both = { buca: hole, lampione: { ...hole, title: 'Lampione' } }
    expect(titles(both, { buca: via, lampione: via })).to.deep.equal(['Buca, Luogo', 'Lampione, Luogo'])
  })

  it('names the documents', () => {
    expect(rowsOf('allegati')).to.deep.equal({
      'Conto corrente: IBAN': 'IT60 X054 2811 1010 0000 0123 456',
      'Conto corrente: Intestatario del conto': 'Maria Rossi',
      'Documento di identità': 'carta d’identità.pdf',
      Fotografie: 'foto "1".jpg',
    })
    const [section] = summaryView(form, complete, { files, only: 'allegati' })
    expect(section?.rows.at(-1)?.files?.[0]?.details).to.equal('JPEG, 300 kB')
  })

  it('shows an answer that cannot be read as it was written', () => {
    expect(rowsOf('dati', { ...complete, inizio: '31/2', valore: 'molti' })).to.include({
      'Data di inizio': '31/2',
      Valore: 'molti',
    })
  })
})
