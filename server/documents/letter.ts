import type { Municipality, Office } from '../municipalities/index.ts'
import { formatDate, formatLongDate, withDay } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'
import { drawn } from './document-pool.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { checkPart, letterhead, type ProtocolNumber } from './issued.ts'
import type { Fact, Paper, Part } from './paper.ts'

/** An outgoing letter or act: what art. 3 of L. 241/1990 wants in it (reasons, remedies, their terms) has its own place. */
export type LetterModel = Readonly<{
  municipality: Municipality
  office: Office
  at: Date
  /** Its own number, if it was taken before the letter was composed. */
  protocol?: ProtocolNumber
  /** The filing that it answers. */
  reference?: ProtocolNumber
  filing: string
  addressee: Party
  /** `Raccomandata`, `PEC`, `Area personale`… and the address, one a line. */
  delivery?: readonly string[]
  subject: string
  paragraphs: readonly string[]
  /** Reasons in fact and in law; their own heading. */
  reasons?: readonly string[]
  /** Whole sentences, each with its term and to whom. */
  remedies?: readonly string[]
  attachments?: readonly string[]
  /** `signs`: with a digital signature of their own, for which the letter keeps a place. */
  signatory: Readonly<{ name: string; role: string; signs?: boolean }>
  verificationUrl?: string
  /** To be read before it is decided or signed: says so on every page, and of no signature and seal. */
  draft?: boolean
}>

/** A letter or act as PDF/A-2a and PDF/UA-1, not yet sealed. */
export const buildLetter = (model: LetterModel): Promise<Uint8Array> => drawn(letterPaper(model))

const DRAFT = 'BOZZA'
const NOT_SENT = 'non è firmata, sigillata né registrata, e non è stata inviata.'

function letterPaper(model: LetterModel): Paper {
  const { municipality, office, at, subject, draft = false } = model
  return {
    title: subject,
    author: municipality.name,
    issuedAt: at,
    footer: `${draft ? `${DRAFT}  ·  ` : ''}${municipality.name}  ·  ${office.name}`,
    letterhead: letterhead(municipality, office),
    parts: [
      ...(draft ? [{ kind: 'text', text: `${DRAFT}: ${NOT_SENT}`, style: 'strong' } as const] : []),
      { kind: 'facts', facts: references(model) },
      { kind: 'addressee', lines: addressee(model) },
      { kind: 'title', text: `Oggetto: ${subject}` },
      ...texts(model.paragraphs),
      ...section('Motivazione', texts(model.reasons)),
      ...section('Come puoi opporti', list(model.remedies)),
      ...section('Allegati', list(model.attachments)),
      { kind: 'signature', lines: signature(model), ...(model.signatory.signs ? { place: true } : {}) },
      ...(model.verificationUrl === undefined ? [] : [checkPart(municipality, model.verificationUrl)]),
    ],
  }
}

function references({ protocol, reference, filing, municipality, at }: LetterModel): Fact[] {
  return [
    ['Data', `${municipality.address.city}, ${formatLongDate(at)}`],
    ...(protocol ? [numbered('Protocollo', protocol)] : []),
    ...(reference ? [numbered('Riferimento', reference)] : []),
    ['Pratica', filing],
  ]
}

const numbered = (label: string, protocol: ProtocolNumber): Fact => [
  label,
  `n. ${formatProtocol(protocol)} ${withDay('del', formatDate(protocol.at))}`,
]

function addressee({ addressee: party, delivery = [] }: LetterModel): string[] {
  return [`A ${partyName(party)}`, ...delivery]
}

const texts = (paragraphs: readonly string[] = []): Part[] => paragraphs.map((text) => ({ kind: 'text', text }))

const list = (items: readonly string[] = []): Part[] => (items.length === 0 ? [] : [{ kind: 'list', items }])

const section = (text: string, parts: readonly Part[]): Part[] =>
  parts.length === 0 ? [] : [{ kind: 'heading', text }, ...parts]

function signature({ signatory, municipality, draft }: LetterModel): string[] {
  if (draft) return [signatory.role, signatory.name, 'Bozza senza firma né sigillo']
  const sealed = `sigillato elettronicamente dal ${municipality.name}`
  const made = signatory.signs
    ? `Documento firmato digitalmente (art. 24 D.Lgs. 82/2005) e ${sealed}`
    : `Documento ${sealed}`
  return [signatory.role, signatory.name, made]
}
