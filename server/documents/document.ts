import type { Verification } from '../signing/index.ts'

export type DocumentId = string & { readonly brand: 'DocumentId' }

/** What a file is in its filing; decides who may see it and how it is named. */
export type DocumentKind =
  | 'application'
  | 'attachment'
  | 'integration'
  /** What a person declared with a step of theirs, as data; its files are `integration`. */
  | 'statement'
  | 'receipt'
  | 'letter'
  | 'outcome'
  | 'segnatura'
  /** A power of attorney on paper: belongs to a mandate in place of a filing. */
  | 'mandate'
  /** A copy with the protocol mark: belongs to its original in place of a filing. */
  | 'marked-copy'

/** When a document is validated again, and how often it was. */
export type Revalidation = Readonly<{ due: Date; tries: number }>

/** One file of one municipality. The bytes live once per SHA-256; this record is their name and place in a filing. */
export type StoredDocument = Readonly<{
  id: DocumentId
  municipality: string
  /** The filing (or draft) that owns it. */
  filing: string
  kind: DocumentKind
  /** Name as the person gave it, cleaned for display; never used as a path. */
  name: string
  /** Read from the bytes, never from the name or the browser. */
  mediaType: string
  size: number
  /** Lower-case hexadecimal SHA-256 of the bytes as received. */
  sha256: string
  createdAt: Date
  /** The signature report made on arrival; absent for kinds that cannot be signed (a JPEG). */
  verification?: Verification
  /** Reports made later, oldest first. */
  laterVerifications?: readonly Verification[]
  /** Set while the report is inconclusive because we lack data; it is then made again. */
  revalidation?: Revalidation
  /**
   * What the virus scanner said; `pending` while it could not be asked, `too-large` for one that it never takes. Absent for what we
   * made, and where there is no scanner.
   */
  scan?: 'clean' | 'pending' | 'too-large' | 'infected'
  /**
   * It came before what it belongs to, which is not written yet, or is no part of what was sent. Adopted when that is written; otherwise
   * erased after a day.
   */
  orphan?: true
  /** An attachment of a request that was sent: the register has its fingerprint, and nothing erases it (DPR 445/2000 art. 54). */
  registered?: true
}>

/** No scanner has looked at it: it may hold a virus. */
export const isUnscanned = ({ scan }: Pick<StoredDocument, 'scan'>): boolean =>
  scan === 'pending' || scan === 'too-large'
