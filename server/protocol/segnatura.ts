import type { Municipality } from '../municipalities/index.ts'
import { romeTime } from '../shared/dates.ts'
import { partyName, type Party } from '../shared/party.ts'
import { classificationName } from './classification.ts'
import type { RegisterEntry, RegisteredDocument } from './register.ts'
import { sealXml, type Seal } from './segnatura-seal.ts'
import { element, text } from './xml.ts'

const NAMESPACE = 'http://www.agid.gov.it/protocollo/'
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

/** Patterns of the schema: a code that does not fit is left out, because the element is optional and the code is not ours. */
const CODICE_FISCALE = /^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$/
const PARTITA_IVA = /^[0-9]{11}$/

type Attributes = Record<string, string | undefined>
type Content = Parameters<typeof element>[2]

/** Attributes belong to the namespace too (attributeFormDefault="qualified"): each is written with its prefix. */
function prot(name: string, attributes: Attributes, ...children: Content[]): string {
  const qualified = Object.entries(attributes).map(([key, value]) => [`prot:${key}`, value])
  return element(`prot:${name}`, Object.fromEntries(qualified) as Attributes, ...children)
}

const simple = (name: string, value: string, attributes: Attributes = {}): string => prot(name, attributes, text(value))
const optional = (name: string, value: string | null | undefined, pattern = /./): string =>
  value && pattern.test(value) ? simple(name, value) : ''

/**
 * The segnatura of an entry: the XML of Allegato 6 (AgID guidelines, Det. 371/2021), which identifies the registration
 * and binds it to its documents by their fingerprints (DPR 445/2000 art. 55), sealed by `signer` at the instant `at`.
 */
export function segnatura(entry: RegisterEntry, municipality: Municipality, seal: Seal): Promise<string> {
  return sealXml(unsealed(entry, municipality), seal)
}

function unsealed(entry: RegisterEntry, municipality: Municipality): string {
  const attributes = { 'xmlns:prot': NAMESPACE, 'prot:lang': 'it', 'prot:versione': '3.0.0' }
  return element(
    'prot:SegnaturaInformatica',
    attributes,
    heading(entry, municipality),
    description(entry, municipality),
  )
}

function heading(entry: RegisterEntry, municipality: Municipality): string {
  return prot(
    'Intestazione',
    {},
    prot(
      'Identificatore',
      {},
      simple('CodiceAmministrazione', entry.ipaCode, { descrizione: municipality.name }),
      simple('CodiceAOO', entry.aooCode, { descrizione: municipality.aooName }),
      simple('CodiceRegistro', entry.registerCode),
      simple('NumeroRegistrazione', String(entry.number).padStart(7, '0')),
      simple('DataRegistrazione', entry.date),
      simple('OraRegistrazione', romeTime(entry.at)),
    ),
    simple('Oggetto', entry.subject),
    prot(
      'Classifica',
      {},
      simple('Denominazione', classificationName(entry.classification)),
      simple('CodiceFlat', entry.classification),
    ),
    entry.reserved && simple('Riservato', 'true'),
  )
}

function description(entry: RegisterEntry, municipality: Municipality): string {
  const primary = entry.documents.find((document) => document.primary)
  if (!primary) throw new Error('A segnatura needs a primary document')
  const subject = (party: Party) => subjectOf(party, entry, municipality)
  return prot(
    'Descrizione',
    {},
    prot('Mittente', {}, senderOf(entry, municipality)),
    // Nobody answers this file by protocol message: it goes to people, and to offices that read it here.
    entry.recipients.map((party) => prot('Destinatario', { confermaRicezione: 'false' }, subject(party))),
    documentOf('DocumentoPrimario', primary, actorText(entry)),
    entry.documents.filter((document) => document !== primary).map((document) => documentOf('Allegato', document)),
  )
}

/** A company comes with the person who acted for it, and as what: only legal persons and administrations have room for one. */
function senderOf(entry: RegisterEntry, municipality: Municipality): string {
  const { sender, actedBy, actedAs } = entry
  if (sender.kind !== 'company' || actedBy?.kind !== 'person') return subjectOf(sender, entry, municipality)
  return companyOf(sender, personOf(actedBy, actedAs))
}

/** Who acted for a person: `PersonaFisica` has no room for it, so the document that they presented says it. */
function actorText({ sender, actedBy, actedAs }: RegisterEntry): string | undefined {
  if (sender.kind !== 'person' || !actedBy) return undefined
  const code = 'cf' in actedBy && actedBy.cf ? ` (${actedBy.cf})` : ''
  return `Presentata da ${partyName(actedBy)}${code}${actedAs ? `, ${actedAs}` : ''}`
}

/** Postal addresses are left out: the schema wants a CAP of six digits, and Italian ones have five. */
function subjectOf(party: Party, entry: RegisterEntry, municipality: Municipality): string {
  if (party.kind === 'person') return personOf(party)
  if (party.kind === 'company') return companyOf(party)
  if (party.ipaCode === municipality.ipaCode) return ownAdministration(entry, municipality)
  return prot(
    'Amministrazione',
    {},
    simple('DenominazioneAmministrazione', party.name),
    simple('CodiceIPAAmministrazione', party.ipaCode, { descrizione: party.office }),
    contacts('ContattiAmministrazione', party),
  )
}

function personOf(person: Extract<Party, { kind: 'person' }>, title?: string): string {
  return prot(
    'PersonaFisica',
    {},
    simple('Nome', person.givenName),
    simple('Cognome', person.familyName),
    optional('Titolo', title),
    // Provisional codes of eleven digits do not fit a natural person.
    optional('CodiceFiscale', person.cf, CODICE_FISCALE),
    contacts('Contatti', person),
  )
}

function companyOf(company: Extract<Party, { kind: 'company' }>, person = ''): string {
  return prot(
    'PersonaGiuridica',
    {},
    simple('Denominazione', company.name),
    optional('PIVAoCF', company.cf, PARTITA_IVA),
    contacts('ContattiPersonaGiuridica', company),
    person,
  )
}

/** Ourselves: administration, AOO and the office in charge, with their codes in the public index (IPA). */
function ownAdministration(entry: RegisterEntry, municipality: Municipality): string {
  // An office that was closed since is simply not named: the register keeps only its id.
  const office = municipality.offices.find(({ id }) => id === entry.office)
  return prot(
    'Amministrazione',
    {},
    simple('DenominazioneAmministrazione', municipality.name),
    optional('CFAmministrazione', municipality.cf, PARTITA_IVA),
    simple('CodiceIPAAmministrazione', municipality.ipaCode),
    simple('CodiceIPAAOO', municipality.aooCode, { descrizione: municipality.aooName }),
    contacts('ContattiAOO', { pec: municipality.pec }),
    office?.ipaUnit && simple('CodiceIPAUO', office.ipaUnit, { descrizione: office.name }),
    office?.ipaUnit && contacts('ContattiUO', { pec: office.pec, email: office.email }),
  )
}

function contacts(name: string, { pec, email }: { pec?: string; email?: string }): string {
  const addresses = [
    pec && simple('IndirizzoTelematico', pec, { note: 'PEC', tipo: 'smtp' }),
    email && simple('IndirizzoTelematico', email, { tipo: 'smtp' }),
  ]
  const given = addresses.filter(Boolean)
  return given.length > 0 ? prot(name, {}, given.join('')) : ''
}

function documentOf(name: string, document: RegisteredDocument, description?: string): string {
  return prot(
    name,
    { mimeType: document.mediaType, nomeFile: document.name },
    optional('Descrizione', description),
    simple('Impronta', Buffer.from(document.sha256, 'hex').toString('base64'), { algoritmo: SHA256 }),
    document.signed && prot('firmatoDigitalmente', {}, simple('UnDetached', 'true')),
  )
}
