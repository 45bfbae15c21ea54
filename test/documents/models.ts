import type { LetterModel, ReceiptModel } from '../../server/documents/index.ts'
import type { Municipality, Office } from '../../server/municipalities/index.ts'

const address = { street: 'Piazza del Municipio 1', postalCode: '38030', city: 'Vallechiara', province: 'TN' }

export const office: Office = {
  id: 'suap',
  name: 'Sportello unico per le attività produttive',
  address,
  email: 'suap@comune.vallechiara.tn.it',
  pec: 'suap@pec.comune.vallechiara.tn.it',
  phone: '0461 000 100',
  hours: 'da lunedì a venerdì 8.30–12.30, giovedì anche 14.30–17.00',
  responsible: { name: 'Chiara Ferrari', role: 'Funzionaria responsabile del servizio attività produttive' },
}

export const municipality: Municipality = {
  id: 'vallechiara',
  name: 'Comune di Vallechiara',
  ipaCode: 'c_z999',
  aooCode: 'A1B2C3D',
  aooName: 'Protocollo generale',
  registerCode: 'PG',
  belfiore: 'Z999',
  istatCode: '022999',
  cf: '00123456789',
  hosts: ['localhost'],
  address,
  phone: '0461 000 000',
  email: 'info@comune.vallechiara.tn.it',
  pec: 'comune@pec.comune.vallechiara.tn.it',
  website: 'https://www.comune.vallechiara.tn.it',
  tagline: '',
  region: 'Trentino-Alto Adige',
  patron: { day: '08-10', name: 'San Lorenzo' },
  offices: [office],
  substitute: { name: 'Marco Gentile', role: 'Segretario comunale', pec: 'segretario@pec.comune.vallechiara.tn.it' },
  dataProtectionOfficer: { name: 'Dott. Luca Privacy', email: 'rpd@comune.vallechiara.tn.it' },
  accessibilityUrl: 'https://form.agid.gov.it/view/x',
}

export const receiptModel: ReceiptModel = {
  municipality,
  office,
  protocol: { number: 1234, year: 2026, at: new Date('2026-03-02T09:15:32Z') },
  filing: '7Kq2mX9rT4aWc1LzPd0VhQ',
  subject: 'SCIA per l’apertura di un esercizio di vicinato – Erboristeria Il Sambuco di Anna Verdi',
  procedure: { title: 'Segnalazione certificata di inizio attività per un esercizio di vicinato', version: 3 },
  filer: { kind: 'person', givenName: 'Paolo', familyName: 'Bianchi', cf: 'BNCPLA75M12L378Q' },
  identification: {
    scheme: 'SPID',
    level: 2,
    identityProvider: 'Gestore di prova',
    at: new Date('2026-03-02T08:58:00Z'),
  },
  principal: { kind: 'company', name: 'Erboristeria Il Sambuco di Anna Verdi', cf: 'VRDNNA80A41H501X' },
  capacity: 'professionista incaricato, procura approvata dal Comune',
  term: {
    due: '2026-05-04',
    computation:
      'Sessanta giorni dal giorno della presentazione, che non si conta; la scadenza cade di festivo e passa al primo giorno non festivo (articolo 2963 del codice civile).',
    silence: 'L’attività può iniziare subito; passati sessanta giorni senza divieto la segnalazione resta efficace.',
  },
  documents: [
    {
      name: 'planimetria-firmata.pdf.p7m',
      size: 2_345_678,
      sha256: 'a3f1'.repeat(16),
      signature: 'firmato da Paolo Bianchi',
    },
    {
      name: 'relazione tecnica con un nome molto lungo che deve andare a capo più volte senza rompere la tabella.pdf',
      size: 812_000,
      sha256: '09bc'.repeat(16),
    },
    {
      name: 'contratto_di_locazione_senza_spazi_nel_nome_e_con_caratteri_particolari_ğ_ș_測_😀.pdf',
      size: 412,
      sha256: 'ffee'.repeat(16),
    },
  ],
  payments: [{ text: 'Diritti di istruttoria', cents: 5000, iuv: '01000000000012345' }],
  stampDuty: [{ identifier: '01234567890123', date: '2026-03-01' }],
  remedies: [
    'Contro il provvedimento puoi ricorrere al Tribunale amministrativo regionale entro 60 giorni, oppure al Presidente della Repubblica entro 120 giorni, da quando lo ricevi.',
  ],
  privacyUrl: 'https://sportello.comune.vallechiara.tn.it/privacy/scia',
  followUrl: 'https://sportello.comune.vallechiara.tn.it/pratiche/7Kq2mX9rT4aWc1LzPd0VhQ',
  verificationUrl: 'https://sportello.comune.vallechiara.tn.it/verifica/Zr8uPq1sVt6wYx3nKj5mLa',
}

/** Without the code. */
export const bareLetter: LetterModel = {
  municipality,
  office,
  at: new Date('2026-03-20T10:00:00Z'),
  protocol: { number: 2001, year: 2026, at: new Date('2026-03-20T10:00:00Z') },
  reference: { number: 1234, year: 2026, at: new Date('2026-03-02T09:15:32Z') },
  filing: '7Kq2mX9rT4aWc1LzPd0VhQ',
  addressee: { kind: 'person', givenName: 'Paolo', familyName: 'Bianchi', cf: 'BNCPLA75M12L378Q' },
  delivery: ['PEC paolo.bianchi@pec.example.it'],
  subject: 'Richiesta di integrazione – SCIA per un esercizio di vicinato',
  paragraphs: [
    'Gentile Paolo Bianchi,',
    'per completare il controllo della segnalazione che ha presentato servono i documenti indicati sotto. Il termine del procedimento è sospeso dalla data di questa lettera fino a quando li invierà, per non più di trenta giorni (articolo 2, comma 7, della legge 241/1990).',
    'Può inviarli dalla sua area personale, aprendo la pratica e scegliendo «Invia l’integrazione».',
  ],
  reasons: [
    'La planimetria allegata non riporta le superfici di vendita e di magazzino, che l’articolo 4 del regolamento comunale richiede distinte.',
  ],
  remedies: [
    'Contro questo atto può ricorrere al Tribunale amministrativo regionale entro 60 giorni da quando lo riceve.',
  ],
  attachments: ['Modello di planimetria quotata'],
  signatory: { name: 'Chiara Ferrari', role: 'La responsabile del procedimento' },
}

export const letterModel: LetterModel = {
  ...bareLetter,
  verificationUrl: 'https://sportello.comune.vallechiara.tn.it/verifica/Mn4bVc2xZl9kJh7gFd1sQw',
}
