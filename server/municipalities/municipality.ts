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
  'id is lower case letters, digits and dashes': { pattern: /^[a-z0-9-]+$/, of: ({ id }) => [id] },
  // In mails it is the sender: a longer word would make a line that RFC 5322 §2.1.1 does not admit.
  'name has 1 to 200 characters': { pattern: /^.{1,200}$/, of: ({ name }) => [name] },
  'union.id is lower case letters, digits and dashes': {
    pattern: /^[a-z0-9-]+$/,
    of: ({ union }) => (union ? [union.id] : []),
  },
  'union.spid.profile is pub-ag-full, pub-ag-lite, pub-op-full or pub-op-lite': {
    pattern: /^pub-(ag|op)-(full|lite)$/,
    of: ({ union }) => (union?.spid ? [union.spid.profile] : []),
  },
  'ipaCode is as in the public index, c_h501': {
    pattern: /^[a-z0-9_-]+$/i,
    of: ({ ipaCode, union }) => [ipaCode, ...(union?.spid?.ipaCode === undefined ? [] : [union.spid.ipaCode])],
  },
  // Official pattern of CodiceRegistro in the segnatura (AgID, Allegato 6).
  'registerCode has 1 to 16 letters, digits, dots, dashes': {
    pattern: /^[A-Za-z0-9_.-]{1,16}$/,
    of: ({ registerCode }) => [registerCode],
  },
  'belfiore is a letter and three digits': { pattern: /^[A-Z]\d{3}$/, of: ({ belfiore }) => [belfiore] },
  'istatCode has six digits': { pattern: /^\d{6}$/, of: ({ istatCode }) => [istatCode] },
  'hosts are lower case names without port': { pattern: /^[a-z0-9.-]+$/, of: ({ hosts }) => hosts },
  'patron.day is MM-DD': { pattern: /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, of: ({ patron }) => [patron.day] },
  'accessibilityUrl is a page of form.agid.gov.it': {
    pattern: /^https:\/\/form\.agid\.gov\.it\//,
    of: ({ accessibilityUrl }) => [accessibilityUrl],
  },
  'pec addresses are mail addresses': {
    pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
    of: ({ pec, substitute, offices }) => [pec, substitute.pec, ...offices.map((office) => office.pec)],
  },
  'ipaUnit has six letters or digits': {
    pattern: /^[A-Z0-9]{6}$/,
    of: ({ offices }) => offices.flatMap(({ ipaUnit }) => ipaUnit ?? []),
  },
}

/** What is wrong in a municipality's configuration, all at once; empty when it can be used. English, for who installs. */
export function municipalityDefects(municipality: Municipality): string[] {
  const defects = Object.entries(PATTERNS).flatMap(([rule, { pattern, of }]) =>
    of(municipality)
      .filter((value) => !pattern.test(value))
      .map((value) => `${rule} (it is «${value}»)`),
  )
  if (!isPartitaIva(municipality.cf)) defects.push('cf is not a valid tax code of 11 digits')
  defects.push(...intermediaryDefects(municipality.union?.spid))
  const { consultationMonths = CONSULTATION_MONTHS } = municipality
  if (!Number.isInteger(consultationMonths) || consultationMonths < FEWEST_MONTHS)
    defects.push(`consultationMonths is a whole number of months, ${FEWEST_MONTHS} at least`)
  if (municipality.hosts.length === 0) defects.push('hosts is empty: no address would show this municipality')
  if (!isOwnAddress(municipality)) defects.push('publicAddress is https:// and one of the hosts, without a final slash')
  const ids = municipality.offices.map(({ id }) => id)
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) defects.push(`office ${id} is there twice`)
  defects.push(...noticeDefects(municipality.services ?? [], ids))
  return defects
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
    !isPartitaIva(spid.vat) && 'union.spid.vat is not a valid VAT number of 11 digits',
    !isPartitaIva(spid.cf) && 'union.spid.cf is not a valid tax code of 11 digits',
    isLight && !isCertificate(spid.validationCertificate) && 'union.spid.validationCertificate is no PEM certificate',
    !isLight &&
      spid.validationCertificate !== undefined &&
      'union.spid.validationCertificate is for light profiles only',
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
