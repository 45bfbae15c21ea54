import type { Municipality, Office } from '../municipalities/index.ts'
import { formatDate, formatLongDate, romeTime, type IsoDate, withDay } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'
import { drawn } from './document-pool.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { checkPart, letterhead, writtenInstant, type ProtocolNumber } from './issued.ts'
import type { Fact, Paper, Part } from './paper.ts'
import { formatSize } from '../shared/file-size.ts'

/**
 * The receipt that L. 241/1990 art. 18-bis orders for every filing; with the data of art. 8 it is also the communication
 * that the procedure has begun. protocol-and-procedure.md §1.7 lists what it holds.
 */
export type ReceiptModel = Readonly<{
  municipality: Municipality
  office: Office
  protocol: ProtocolNumber
  /** The filing's own code, by which the person follows it. */
  filing: string
  /** As in the register (DPR 445/2000 art. 53 c. 1 d). */
  subject: string
  procedure: Readonly<{ title: string; version: number }>
  filer: Party
  /** How the filer proved who they are: CAD art. 65 c. 1 b. */
  identification: Readonly<{ scheme: string; level: 1 | 2 | 3; identityProvider?: string; at: Date }>
  /** For whom the filer acts; null for themselves. */
  principal: Party | null
  /** As what, and on which ground: `delegato, delega data in linea al Comune`. */
  capacity?: string | null
  /** Null where nothing has to be answered. `computation` and `silence` are whole sentences. */
  term: Readonly<{ due: IsoDate; computation: string; silence: string }> | null
  documents: readonly Readonly<{ name: string; size: number; sha256: string; signature?: string }>[]
  payments?: readonly Readonly<{ text: string; cents: number; iuv: string }>[]
  stampDuty?: readonly Readonly<{ identifier: string; date?: IsoDate }>[]
  /** Whole sentences: what the person can do against inertia or the act. */
  remedies: readonly string[]
  /** Where the full notice of GDPR art. 13 stands. */
  privacyUrl: string
  /** Where the person follows the filing. */
  followUrl: string
  verificationUrl: string
  /** Shows parties and documents on that page; only the holder of the receipt has it. */
  secondCode?: string
}>

/** The receipt of a filing as PDF/A-2a and PDF/UA-1, not yet sealed. */
export const buildReceipt = (model: ReceiptModel): Promise<Uint8Array> => drawn(receiptPaper(model))

function receiptPaper(model: ReceiptModel): Paper {
  const { municipality, office, protocol } = model
  const number = formatProtocol(protocol)
  return {
    title: `Ricevuta di presentazione, protocollo ${number}`,
    author: municipality.name,
    issuedAt: protocol.at,
    footer: `${municipality.name}  ·  Ricevuta del protocollo ${number} ${withDay('del', formatDate(protocol.at))}`,
    letterhead: letterhead(municipality, office),
    parts: [
      {
        kind: 'title',
        text: 'Ricevuta di presentazione',
        lead: `Il ${municipality.name} attesta di aver ricevuto quanto segue. Questa ricevuta vale anche come comunicazione di avvio del procedimento (articoli 8 e 18-bis della legge 241/1990).`,
      },
      { kind: 'reference', facts: reference(model) },
      { kind: 'text', text: model.subject, style: 'strong' },
      ...section('Chi ha presentato', filerFacts(model)),
      ...section('Procedimento e ufficio', procedureFacts(model)),
      ...term(model),
      ...documents(model),
      ...payments(model),
      ...remedies(model),
      ...privacy(model),
      checkPart(municipality, model.verificationUrl, model.secondCode),
    ],
  }
}

const section = (text: string, facts: readonly Fact[]): Part[] => [
  { kind: 'heading', text },
  { kind: 'facts', facts },
]

function reference({ municipality, protocol, filing }: ReceiptModel): Fact[] {
  return [
    ['Protocollo', formatProtocol(protocol)],
    ['Data e ora', `${formatLongDate(protocol.at)}, ore ${romeTime(protocol.at)}`],
    ['Area organizzativa', `${municipality.aooName} (IPA ${municipality.ipaCode}, AOO ${municipality.aooCode})`],
    ['Codice della pratica', filing],
  ]
}

function filerFacts({ filer, principal, capacity, identification }: ReceiptModel): Fact[] {
  const { scheme, level, identityProvider, at } = identification
  const through = identityProvider === undefined ? '' : ` (${identityProvider})`
  return [
    ['Presentata da', described(filer)],
    ...(principal ? [['Per conto di', described(principal)] as const] : []),
    ...(capacity ? [['In qualità di', capacity] as const] : []),
    ['Riconoscimento', `${scheme}, livello ${level}${through}, ${withDay('il', writtenInstant(at))}`],
  ]
}

function described(party: Party): string {
  if (party.kind === 'administration') return `${party.name} (IPA ${party.ipaCode})`
  return party.cf === null ? partyName(party) : `${partyName(party)}, codice fiscale ${party.cf}`
}

function procedureFacts({ procedure, office }: ReceiptModel): Fact[] {
  const { responsible, address } = office
  return [
    ['Procedimento', `${procedure.title} (versione ${procedure.version} del modulo)`],
    ['Ufficio', `${office.name}, ${address.street}, ${address.postalCode} ${address.city}`],
    ['Responsabile', `${responsible.name}, ${responsible.role}`],
    ['Contatti', `tel. ${office.phone}, ${office.email}, PEC ${office.pec}`],
    ['Orari', office.hours],
  ]
}

function term({ term: answer, followUrl }: ReceiptModel): Part[] {
  if (!answer) return section('Che cosa succede ora', [['Segui la pratica', followUrl]])
  return section('Quando avrai risposta', [
    ['Entro il', formatLongDate(answer.due)],
    ['Come si calcola', answer.computation],
    ['Se l’ufficio non risponde', answer.silence],
    ['Segui la pratica', followUrl],
  ])
}

function documents({ documents: files }: ReceiptModel): Part[] {
  if (files.length === 0) return []
  return [
    { kind: 'heading', text: 'Documenti ricevuti' },
    {
      kind: 'table',
      columns: [
        { title: 'Documento', share: 0.5 },
        { title: 'Dimensione', share: 0.13, align: 'right' },
        { title: 'Impronta SHA-256', share: 0.37, code: true },
      ],
      rows: files.map(({ name, size, sha256, signature }) => [
        signature === undefined ? name : `${name}\n${signature}`,
        formatSize(size),
        // Two halves of the same length are easier to compare by eye.
        `${sha256.slice(0, 32)}\n${sha256.slice(32)}`,
      ]),
    },
  ]
}

function payments({ payments: paid = [], stampDuty = [] }: ReceiptModel): Part[] {
  if (paid.length + stampDuty.length === 0) return []
  return section('Somme pagate e marche da bollo', [
    ...paid.map(({ text, cents, iuv }): Fact => [text, `${euro.format(cents / 100)}, IUV ${iuv}`]),
    ...stampDuty.map(({ identifier, date }): Fact => {
      return ['Marca da bollo', date === undefined ? identifier : `${identifier} ${withDay('del', formatDate(date))}`]
    }),
  ])
}

function remedies({ municipality, remedies: sentences }: ReceiptModel): Part[] {
  const { substitute } = municipality
  return [
    { kind: 'heading', text: 'Come tutelarti' },
    {
      kind: 'list',
      items: [
        ...sentences,
        `Se il termine passa senza una conclusione puoi rivolgerti al titolare del potere sostitutivo, ${substitute.name}, ${substitute.role} (PEC ${substitute.pec}), che conclude in metà del tempo (articolo 2, commi 9-bis e 9-ter, della legge 241/1990).`,
        'Puoi vedere gli atti e presentare memorie e documenti che l’ufficio ha l’obbligo di valutare (articolo 10 della legge 241/1990).',
      ],
    },
  ]
}

function privacy({ municipality, privacyUrl }: ReceiptModel): Part[] {
  const { name, email } = municipality.dataProtectionOfficer
  return [
    { kind: 'heading', text: 'Dati personali' },
    {
      kind: 'text',
      style: 'small',
      text: `Titolare del trattamento è il ${municipality.name}; responsabile della protezione dei dati è ${name} (${email}). L’informativa completa (articolo 13 del Regolamento UE 2016/679) è alla pagina ${privacyUrl}`,
    },
  ]
}

const euro = new Intl.NumberFormat('it-IT', { style: 'currency', currency: 'EUR' })
