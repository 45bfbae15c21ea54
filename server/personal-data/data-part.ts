import type { ZippedFile } from '../bundles/index.ts'
import type { Login } from '../identity/index.ts'

/** What is held of a person in one place: machine-readable records, and the documents as they are. */
export type DataPart = Readonly<{
  /** Name of its file, without ending. */
  name: string
  /** What it is, as a person reads it. */
  title: string
  /** Where there may be thousands they are read as they are asked for. */
  records: readonly unknown[] | AsyncIterable<unknown>
  /** Complete once all records were read. */
  files?: readonly ZippedFile[]
}>

/** Whose data, and of which municipality: each is a controller of its own. */
export type Subject = Readonly<{ municipality: string; login: Login }>

/** One source of a person's data. */
export type Exporter = Readonly<{
  /** Collections of the database that it covers. */
  collections: readonly string[]
  read: (subject: Subject) => Promise<DataPart>
  /** Title of what `read` gives and how many records, where there may be thousands and counting asks for less. */
  count?: (subject: Subject) => Promise<Pick<DataPart, 'title'> & Readonly<{ count: number }>>
}>

/**
 * Collections that hold nothing of a person that an exporter does not give, each with the reason. A test compares exporters
 * and this list with the database: a new collection must be in one of them.
 */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  municipalities: 'Public data of the municipality and its offices',
  procedureversions: 'Procedures: no persons',
  identity_provider_metadata: 'Identity providers: no persons',
  trustedLists: 'Trust services: no persons',
  schedule: 'Recurring work: no persons',
  agenda_logs: 'Recurring work: no persons',
  historyheads: 'Hashes of the history, which is exported',
  registercounters: 'Numbers only',
  correctioncounters: 'Numbers only',
  dailyregisters: 'Copies of register entries, which are exported with their filing',
  servicechanges:
    'What the municipality said of its services, with the account of the machine on which it was changed: no persons',
  usedstamps: 'Identifiers of stamps; the application that used one is exported',
  outboxtasks: 'Work under way for minutes, on what is exported',
  stagedContents: 'Names of uploads under way, for a day at most',
  attempts: 'Fingerprints only, for an hour; that a seal’s PIN was refused, for a month',
  contents: 'Counts of the stored bytes, by hash',
  login_attempts: 'Logins under way: erased after fifteen minutes',
  login_requests: 'Logins under way, then the identifiers of their messages while those are valid: no personal data',
  logout_requests: 'Logouts under way: no personal data',
  provider_sessions: 'Fingerprints only',
  ratings: 'Opinions of pages without a name: only the browser that gave one knows its key',
  used_saml_ids: 'Identifiers of messages only',
  saml_messages:
    'Kept for the authorities for 24 months (DPCM 24/10/2014 art. 13 c. 2), encrypted and found by person only with a key; what a login said is with the filings, who looked among the consultations',
}
