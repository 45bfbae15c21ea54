import { compileForm, createSharedTypes, readSharedTypes, type FormSource, type Ui } from '../../server/forms/index.ts'

export const TODAY = '2026-11-25'

export const types = readSharedTypes(process.cwd(), () => TODAY)

/** Types made for one test only. */
export const typesWith = (...schemas: object[]) => createSharedTypes(schemas, () => TODAY)

const options = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ const: `v${index + 1}`, title: `Voce ${index + 1}` }))

const schema = {
  title: 'Tutti i campi',
  type: 'object',
  properties: {
    richiedente: {
      title: 'Chi fa la richiesta',
      $ref: 'persona.schema.json',
      properties: {
        nascita: { $ref: 'nascita.schema.json' },
        email: { title: 'E-mail', type: 'string', format: 'email' },
        pec: { title: 'PEC', type: 'string', format: 'pec' },
        telefono: { title: 'Telefono', description: 'Fisso o cellulare', type: 'string', format: 'telefono' },
        spid: { title: 'Livello di accesso', type: 'string', readOnly: true, default: 'SPID 2' },
      },
      required: ['email'],
    },
    oggetto: { title: 'Oggetto', type: 'string', minLength: 3, maxLength: 100 },
    descrizione: { title: 'Descrizione', description: 'Racconta che cosa è successo', type: 'string', maxLength: 2000 },
    ora: { title: 'Ora di inizio', type: 'string', format: 'time' },
    inizio: { title: 'Data di inizio', type: 'string', format: 'data-futura' },
    persone: { title: 'Numero di persone', type: 'integer', minimum: 1, maximum: 50 },
    superficie: { title: 'Superficie in metri quadrati', type: 'number', exclusiveMinimum: 0 },
    valore: { title: 'Valore', type: 'integer', format: 'euro', minimum: 100 },
    poche: { title: 'Poche voci', type: 'string', oneOf: options(3) },
    medie: { title: 'Medie voci', type: 'string', oneOf: options(8) },
    tante: { title: 'Tante voci', type: 'string', oneOf: options(12) },
    anni: { title: 'Anni di validità', type: 'integer', enum: [1, 2, 3] },
    convivente: { title: 'Vivi con altre persone?', type: 'boolean' },
    avvisami: { title: 'Avvisami per e-mail', type: 'boolean' },
    giorni: {
      title: 'Giorni',
      type: 'array',
      uniqueItems: true,
      minItems: 1,
      items: { type: 'string', oneOf: options(3) },
    },
    privacy: { title: 'Ho letto l’informativa', type: 'boolean', const: true },
    titolo: {
      title: 'A che titolo',
      type: 'string',
      oneOf: [
        { const: 'proprietario', title: 'Proprietario' },
        { const: 'affittuario', title: 'Affittuario', description: 'Con contratto registrato' },
      ],
    },
    veicoli: {
      title: 'Veicoli',
      type: 'array',
      minItems: 1,
      maxItems: 3,
      items: {
        $ref: 'veicolo.schema.json',
        properties: {
          uso: {
            title: 'Uso',
            type: 'string',
            oneOf: [
              { const: 'proprio', title: 'Proprio' },
              { const: 'noleggio', title: 'Noleggio' },
            ],
          },
          libretto: { title: 'Carta di circolazione', type: 'string', format: 'allegato' },
        },
        allOf: [
          {
            if: { properties: { uso: { const: 'noleggio' } }, required: ['uso'] },
            then: {
              properties: { societa: { title: 'Società di noleggio', type: 'string', maxLength: 80 } },
              required: ['societa'],
            },
          },
        ],
      },
    },
    conto: { $ref: 'iban.schema.json' },
    documento: { title: 'Documento di identità', type: 'string', format: 'allegato' },
    foto: { title: 'Fotografie', type: 'array', maxItems: 2, items: { type: 'string', format: 'allegato' } },
  },
  required: [
    'richiedente', 'oggetto', 'inizio', 'persone', 'valore', 'poche', 'convivente', 'giorni', 'privacy', 'titolo', 'veicoli', 'documento',
  ], // prettier-ignore
  allOf: [
    {
      if: { properties: { titolo: { const: 'affittuario' } }, required: ['titolo'] },
      then: {
        properties: { proprietario: { title: 'Proprietario', $ref: 'persona.schema.json' } },
        required: ['proprietario'],
      },
    },
    {
      if: { properties: { convivente: { const: true } }, required: ['convivente'] },
      then: {
        properties: { famiglia: { title: 'La tua famiglia', type: 'string', maxLength: 300 } },
        required: ['famiglia'],
      },
    },
  ],
  unevaluatedProperties: false,
}

const ui: Ui = {
  steps: [
    { id: 'richiedente', title: 'Chi fa la richiesta', fields: ['/richiedente'] },
    {
      id: 'dati',
      title: 'Dati',
      sections: [
        {
          title: 'Testi',
          description: 'Scrivi con parole tue.',
          fields: ['/oggetto', '/descrizione', '/ora', '/inizio'],
        },
        { title: 'Numeri', fields: ['/persone', '/superficie', '/valore'] },
        { title: 'Scelte', fields: ['/poche', '/medie', '/tante', '/anni', '/giorni', '/avvisami'] },
        { title: 'Famiglia', fields: ['/convivente', '/famiglia'] },
        { fields: ['/privacy'] },
      ],
    },
    { id: 'titolo', title: 'A che titolo', fields: ['/titolo', '/proprietario'] },
    { id: 'veicoli', title: 'Veicoli', fields: ['/veicoli'] },
    { id: 'allegati', title: 'Documenti', fields: ['/conto', '/documento', '/foto'] },
  ],
  fields: {
    '/richiedente/nome': { prefill: 'identity.name', lock: true },
    '/richiedente/cognome': { prefill: 'identity.familyName', lock: true },
    '/richiedente/codiceFiscale': { prefill: 'identity.fiscalNumber', lock: true },
    '/richiedente/nascita/data': { widget: 'date-parts', autocomplete: 'bday' },
    '/richiedente/email': {
      prefill: 'identity.email',
      autocomplete: 'email',
      help: { text: 'A che cosa serve', href: '/aiuto' },
    },
    '/richiedente/telefono': { autocomplete: 'tel', width: 'short' },
    '/oggetto': { errors: { required: 'Scrivi in poche parole che cosa chiedi' } },
    '/veicoli': { itemTitle: 'Veicolo {{targa}}', addLabel: 'Aggiungi un veicolo' },
    '/veicoli/*/targa': { summaryLabel: 'Numero di targa' },
    '/foto': { accept: ['image/jpeg', 'image/png'], maxBytes: 5_000_000 },
    '/documento': { signature: 'optional' },
  },
}

export const source: FormSource = { id: 'tutti-i-campi', version: 1, schema, ui }

/** A form with every widget, condition and kind of step. */
export const form = compileForm(source, types)

/** The same, asked on one page. */
export const onOnePage = compileForm(
  {
    ...source,
    ui: {
      ...ui,
      steps: [
        {
          id: 'tutto',
          title: 'Tutto',
          sections: ui.steps.flatMap((step) => step.sections ?? [{ fields: step.fields ?? [] }]),
        },
      ],
    },
  },
  types,
)

export const DOCUMENT = 'AAAAAAAAAAAAAAAAAAAAAA'
export const VEHICLE = 'vehicle-1'

/** Answers with which nothing is missing. */
export const complete = {
  richiedente: {
    nome: 'Maria',
    cognome: 'Rossi',
    codiceFiscale: 'RSSMRA80A41H501Y',
    nascita: { data: '1980-01-01', luogo: 'Roma', provincia: 'RM' },
    email: 'maria@example.it',
    telefono: '+393331234567',
    spid: 'SPID 2',
  },
  oggetto: 'Permesso',
  descrizione: 'Prima riga\nseconda riga con <b> & "virgolette"',
  ora: '09:30',
  inizio: '2026-12-01',
  persone: 4,
  superficie: 12.5,
  valore: 123450,
  poche: 'v1',
  medie: 'v5',
  tante: 'v12',
  anni: 2,
  convivente: true,
  famiglia: 'Tre persone',
  avvisami: true,
  giorni: ['v1', 'v3'],
  privacy: true,
  titolo: 'affittuario',
  proprietario: { nome: 'Luca', cognome: 'Verdi', codiceFiscale: 'VRDLCU70A01H501E' },
  veicoli: [{ _id: VEHICLE, targa: 'AB123CD', uso: 'noleggio', societa: 'Noleggi Srl' }],
  conto: { iban: 'IT60X0542811101000000123456', intestatario: 'Maria Rossi' },
  documento: DOCUMENT,
  foto: ['BBBBBBBBBBBBBBBBBBBBBB'],
}

export const files = [
  { id: DOCUMENT, name: 'carta d’identità.pdf', mediaType: 'application/pdf', size: 1_234_567 },
  { id: 'BBBBBBBBBBBBBBBBBBBBBB', name: 'foto "1".jpg', mediaType: 'image/jpeg', size: 300_000 },
]
