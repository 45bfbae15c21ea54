/**
 * The filing's bundle: one ZIP that proves a whole case without us. `index.json` lists every other file with its SHA-256 and the
 * head of the filing's history; `index.json.p7s` is the municipality's seal on it (CAdES, detached). Nothing else is unlisted.
 */
export const INDEX = 'index.json'
export const SEAL = 'index.json.p7s'
export const HISTORY = 'storia.json'
export const FORMAT = 'sportello-bundle/1'

/** For whom it was made: the filer gets what their own page shows, an office everything. */
export type Audience = 'filer' | 'office'

export type FileRole =
  'document' | 'signature-report' | 'etsi-report' | 'register-entry' | 'segnatura' | 'history' | 'page' | 'verifier'

export type BundleFile = Readonly<{
  /** Inside the ZIP: letters, digits, dots, dashes and at most one folder, so that it opens alike everywhere. */
  path: string
  size: number
  /** Lower-case hexadecimal. */
  sha256: string
  role: FileRole
  /** Of a document or of a report on one: as the register and the history name it. */
  document?: Readonly<{ id: string; name: string; kind: string; mediaType: string }>
}>

/** What is not in this copy, and why, in Italian. `documents`: those that register and history still name. */
export type Withheld = Readonly<{ what: string; why: string; documents?: readonly string[] }>

export type BundleIndex = Readonly<{
  format: typeof FORMAT
  audience: Audience
  createdAt: string
  municipality: Readonly<{ name: string; ipaCode: string; aooCode: string }>
  filing: Readonly<{ id: string; procedure: string; protocol: Readonly<{ number: number; year: number; at: string }> }>
  /** How many events the history has, and the hash of the last. */
  history: Readonly<{ length: number; head: string }>
  files: readonly BundleFile[]
  withheld: readonly Withheld[]
}>

/** A path that no tool extracts outside its folder, and that looks the same in every one. */
export const isSafePath = (path: string): boolean =>
  path.length <= 120 && /^(?:[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(path) && !path.includes('..')

/** `Pianta d'insieme.PDF` → `pianta-d-insieme.pdf`; with its place in front it is unique, and no name of a device. */
export function pathOf(folder: string, place: number, name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
  const kept = plain.length > 70 ? `${plain.slice(0, 58)}${/\.[a-z0-9.]{1,10}$/.exec(plain)?.[0] ?? ''}` : plain
  return `${folder}/${String(place).padStart(2, '0')}-${kept || 'documento'}`
}
