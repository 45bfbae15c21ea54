import { X509Certificate } from 'node:crypto'
import { isPartitaIva } from '../shared/italian/index.ts'
import type { SpidIntermediary } from '../shared/spid-intermediary.ts'
import { noticeDefects, type ServiceNotice } from './service-notice.ts'

export type Address = Readonly<{ street: string; postalCode: string; city: string; province: string }>

export type Office = Readonly<{
  id: string
  name: string
  /** Six characters of the public index (IPA) for the organisational unit, if it has one. */
  ipaUnit?: string
  address: Address
  email: string
  pec: string
  phone: string
  hours: string
  /** Responsible for the procedures of this office (L. 241/1990 art. 5). */
  responsible: Readonly<{ name: string; role: string }>
}>

/** A tenant. Everything here is configuration that the municipality changes without touching code. */
export type Municipality = Readonly<{
  id: string
  /** `Comune di Vallechiara` */
  name: string
  ipaCode: string
  aooCode: string
  aooName: string
  registerCode: string
  belfiore: string
  istatCode: string
  cf: string
  vat?: string
  hosts: readonly string[]
  /** What people type, where that is not the `PUBLIC_ADDRESS` of the installation: for every member of a union but one. */
  publicAddress?: string
  address: Address
  phone: string
  email: string
  pec: string
  website: string
  tagline: string
  region: string
  /** How many live there: on it depends what some laws allow. Where it is not said, forms ask. */
  residents?: number
  /** `MM-DD`; closes the offices, does not move legal terms (protocol-and-procedure.md §3.2). */
  patron: Readonly<{ day: string; name: string }>
  offices: readonly Office[]
  /** Services that take no requests now, or on days to come. */
  services?: readonly ServiceNotice[]
  /** Who concludes in the place of an inert office (L. 241/1990 art. 2 c. 9-bis). */
  substitute: Readonly<{ name: string; role: string; pec: string }>
  dataProtectionOfficer: Readonly<{ name: string; email: string }>
  /** For how many months it stays written which officer looked at whose data; `CONSULTATION_MONTHS` when absent. */
  consultationMonths?: number
  /** Union of municipalities to which it belongs (D.Lgs. 267/2000 art. 32): its administrators appoint in every member. */
  union?: Readonly<{ id: string; name: string; spid?: SpidIntermediary }>
  /** AgID's accessibility declaration, an address on form.agid.gov.it. */
  accessibilityUrl: string
}>

/** As long as the messages of logins, with which a look must be comparable (DPCM 24/10/2014 art. 13 c. 2). */
export const CONSULTATION_MONTHS = 24

/** Logs of access by administrators are kept for six months at least (Garante, 27 November 2008). */
const FEWEST_MONTHS = 6

/**
 * The office with that id. Throws an Error when there is none: a filing names an office that was taken out of the
 * configuration.
 */
export function officeOf(municipality: Municipality, id: string): Office {
  const office = municipality.offices.find((candidate) => candidate.id === id)
  if (!office) throw new Error(`Office ${id} is not configured for ${municipality.id}`)
  return office
}

const PATTERNS: Readonly<Record<string, { pattern: RegExp; of: (municipality: Municipality) => readonly string[] }>> = {
  'id ha solo lettere minuscole, cifre e trattini': { pattern: /^[a-z0-9-]+$/, of: ({ id }) => [id] },
  // In mails it is the sender: a longer word would make a line that RFC 5322 §2.1.1 does not admit.
  'name ha da 1 a 200 caratteri, su una riga': { pattern: /^.{1,200}$/, of: ({ name }) => [name] },
  'union.id ha solo lettere minuscole, cifre e trattini': {
    pattern: /^[a-z0-9-]+$/,
    of: ({ union }) => (union ? [union.id] : []),
  },
  'union.spid.profile è pub-ag-full, pub-ag-lite, pub-op-full o pub-op-lite': {
    pattern: /^pub-(ag|op)-(full|lite)$/,
    of: ({ union }) => (union?.spid ? [union.spid.profile] : []),
  },
  'ipaCode è come nell’indice IPA, c_h501': {
    pattern: /^[a-z0-9_-]+$/i,
    of: ({ ipaCode, union }) => [ipaCode, ...(union?.spid?.ipaCode === undefined ? [] : [union.spid.ipaCode])],
  },
  // Official pattern of CodiceRegistro in the segnatura (AgID, Allegato 6).
  'registerCode ha da 1 a 16 lettere, cifre, punti o trattini': {
    pattern: /^[A-Za-z0-9_.-]{1,16}$/,
    of: ({ registerCode }) => [registerCode],
  },
  'belfiore è una lettera e tre cifre': { pattern: /^[A-Z]\d{3}$/, of: ({ belfiore }) => [belfiore] },
  'istatCode ha sei cifre': { pattern: /^\d{6}$/, of: ({ istatCode }) => [istatCode] },
  'hosts sono nomi in minuscolo, senza porta': { pattern: /^[a-z0-9.-]+$/, of: ({ hosts }) => hosts },
  'patron.day è MM-GG': { pattern: /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, of: ({ patron }) => [patron.day] },
  'accessibilityUrl è una pagina di form.agid.gov.it': {
    pattern: /^https:\/\/form\.agid\.gov\.it\//,
    of: ({ accessibilityUrl }) => [accessibilityUrl],
  },
  'le pec sono indirizzi di posta': {
    pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    of: ({ pec, substitute, offices }) => [pec, substitute.pec, ...offices.map((office) => office.pec)],
  },
  'ipaUnit ha sei lettere maiuscole o cifre': {
    pattern: /^[A-Z0-9]{6}$/,
    of: ({ offices }) => offices.flatMap(({ ipaUnit }) => ipaUnit ?? []),
  },
}

/** What is wrong in a municipality's configuration, all at once; empty when it can be used. Italian, for who installs. */
export function municipalityDefects(municipality: Municipality): string[] {
  const defects = Object.entries(PATTERNS).flatMap(([rule, { pattern, of }]) =>
    of(municipality)
      .filter((value) => !pattern.test(value))
      .map((value) => `${rule} (è «${value}»)`),
  )
  defects.push(...numberDefects(municipality))
  if (!isPartitaIva(municipality.cf)) defects.push('cf non è un codice fiscale valido di 11 cifre')
  defects.push(...intermediaryDefects(municipality.union?.spid))
  if (municipality.hosts.length === 0) defects.push('hosts è vuoto: nessun indirizzo mostrerebbe questo comune')
  if (!isOwnAddress(municipality)) defects.push('publicAddress è https:// e uno degli hosts, senza barra finale')
  const ids = municipality.offices.map(({ id }) => id)
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at)))
    defects.push(`l’ufficio ${id} c’è due volte`)
  defects.push(...noticeDefects(municipality.services ?? [], ids))
  return defects
}

function numberDefects({ residents = 1, consultationMonths = CONSULTATION_MONTHS }: Municipality): string[] {
  const isFrom = (least: number, value: number): boolean => Number.isInteger(value) && value >= least
  const defects: (string | false)[] = [
    !isFrom(FEWEST_MONTHS, consultationMonths) &&
      `consultationMonths è un numero intero di mesi, almeno ${FEWEST_MONTHS}`,
    !isFrom(1, residents) && 'residents è un numero intero di abitanti, almeno 1',
  ]
  return defects.filter((defect) => defect !== false)
}

/** An address that leads to another municipality would send logins, receipts and messages there. */
function isOwnAddress({ publicAddress, hosts }: Municipality): boolean {
  if (publicAddress === undefined) return true
  if (!URL.canParse(publicAddress)) return false
  const { protocol, origin, hostname } = new URL(publicAddress)
  return protocol === 'https:' && origin === publicAddress && hosts.includes(hostname)
}

function intermediaryDefects(spid: SpidIntermediary | undefined): string[] {
  if (!spid) return []
  const isLight = spid.profile.endsWith('lite')
  const defects: (string | false)[] = [
    !isPartitaIva(spid.vat) && 'union.spid.vat non è una partita IVA valida di 11 cifre',
    !isPartitaIva(spid.cf) && 'union.spid.cf non è un codice fiscale valido di 11 cifre',
    isLight &&
      !isCertificate(spid.validationCertificate) &&
      'union.spid.validationCertificate non è un certificato PEM',
    !isLight &&
      spid.validationCertificate !== undefined &&
      'union.spid.validationCertificate è solo per i profili lite',
  ]
  return defects.filter((defect) => defect !== false)
}

function isCertificate(pem: string | undefined): boolean {
  try {
    return new X509Certificate(pem ?? '').subject !== ''
  } catch {
    return false
  }
}
