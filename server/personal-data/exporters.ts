import { disclosedTo, pathOf, type ZippedFile } from '../bundles/index.ts'
import type { InvitationService } from '../cosigning/index.ts'
import type { Documents, StoredDocument } from '../documents/index.ts'
import type { Filing, FilingService, Listed } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { Login, OpenSessions } from '../identity/index.ts'
import type { Mandates } from '../mandates/index.ts'
import type { Municipalities } from '../municipalities/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Appointments, Consultations, Family } from '../offices/index.ts'
import type { Protocol } from '../protocol/index.ts'
import type { Corrections } from './correction-service.ts'
import type { DataPart, Exporter, Subject } from './data-part.ts'

export type Sources = Readonly<{
  filings: Pick<FilingService, 'ofPerson' | 'countOwn'>
  documents: Pick<Documents, 'ofFiling' | 'open'>
  history: Pick<History, 'of'>
  protocol: Pick<Protocol, 'ofFiling' | 'amendmentsOf'>
  notifications: Pick<Notifications, 'ofPerson'>
  mandates: Pick<Mandates, 'ofPerson'>
  invitations: Pick<InvitationService, 'heldOf'>
  consultations: Pick<Consultations, 'ofPerson'>
  appointments: Pick<Appointments, 'ofPerson'>
  family: Pick<Family, 'ofOfficer'>
  municipalities: Pick<Municipalities, 'byId'>
  sessions: Pick<OpenSessions, 'ofPerson'>
  corrections: Pick<Corrections, 'ofPerson'>
}>

const FILING_COLLECTIONS = [
  'filings',
  'documents',
  'documents.files',
  'documents.chunks',
  'historyevents',
  'registerentries',
  'registeramendments',
]

/** Every room that holds personal data, each through its own services. */
export const createExporters = (sources: Sources): readonly Exporter[] => [
  {
    collections: ['sessions'],
    read: async ({ municipality, login }) => ({
      name: 'accessi',
      title: 'Accessi aperti, con i dati che il gestore di identità ci ha dato',
      // Without the handle, which would let whoever finds the file name a session.
      records: (await sources.sessions.ofPerson({ municipality, person: login.person.key })).map(
        ({ login: how, device, lastUsed }) => ({ login: how, device, lastUsed }),
      ),
    }),
  },
  {
    collections: FILING_COLLECTIONS,
    read: async (subject) => filingsPart(sources, subject),
    count: async (subject) => filingCount(sources, subject),
  },
  {
    collections: ['messages'],
    read: async (subject) => ({ name: 'messaggi', title: MESSAGES, records: await allMessages(sources, subject) }),
    count: async (subject) => messageCount(sources, subject),
  },
  {
    collections: ['consultations'],
    read: async (subject) => consultationsPart(sources, subject),
    count: async (subject) => consultationCount(sources, subject),
  },
  {
    collections: ['signatureInvitations'],
    read: async ({ municipality, login }) => ({
      name: 'inviti-a-firmare',
      title: 'Documenti che ti hanno chiesto di firmare, e firme che hai chiesto',
      records: await sources.invitations.heldOf(municipality, login),
    }),
  },
  { collections: ['corrections'], read: async (subject) => correctionsPart(sources, subject) },
  { collections: ['mandates'], read: async (subject) => mandatesPart(sources, subject) },
  {
    collections: ['appointments'],
    read: async ({ municipality, login: { person } }) => ({
      name: 'incarichi',
      title: 'Incarichi negli uffici',
      records: person.cf
        ? await sources.appointments.ofPerson(await sources.municipalities.byId(municipality), person.cf)
        : [],
    }),
  },
  {
    // To the officer who declared them, and not to the persons declared: who is near to whom is the officer's secret.
    collections: ['familydeclarations'],
    read: async ({ municipality, login: { person } }) => ({
      name: 'conflitti-di-interessi',
      title: 'Persone ed enti che hai dichiarato vicini a te',
      records: person.cf ? await sources.family.ofOfficer(municipality, person.cf) : [],
    }),
  },
]

const FILINGS = 'Pratiche, con la loro storia, le registrazioni di protocollo e i documenti'
const MESSAGES = 'Messaggi'
const CONSULTATIONS = 'Chi ha visto i miei dati'

/** Filings by the person or in their name. Those that they may only follow for somebody else are not their data (GDPR art. 15 c. 4). */
const isOwn =
  ({ person: { key } }: Login) =>
  ({ owner, ground }: Listed): boolean =>
    owner === key || (ground?.kind === 'mandate' && ground.principalKey === key)

async function filingsPart(sources: Sources, { municipality, login }: Subject): Promise<DataPart> {
  const own = (await sources.filings.ofPerson(municipality, login)).filter(isOwn(login))
  const records: unknown[] = []
  const files: ZippedFile[] = []
  for (const filing of own) {
    const { documents, ...papers } = await papersOf(sources, filing)
    const named = documents.map((document, index) => ({
      document,
      path: pathOf(`documenti/${filing.id}`, index + 1, document.name),
    }))
    records.push({ filing, ...papers, documents: named.map(({ document, path }) => ({ ...document, path })) })
    files.push(...named.map(({ document, path }) => fileOf(sources, document, path)))
  }
  return { name: 'pratiche', title: FILINGS, records, files }
}

/** Without their papers, each filing's for itself. */
const filingCount = async ({ filings }: Sources, { municipality, login }: Subject) => ({
  title: FILINGS,
  count: await filings.countOwn(municipality, login),
})

/** As the filer may have them: officers' tax codes and papers between offices are left out, and that is said. */
async function papersOf({ history, protocol, documents }: Sources, { municipality, id }: Filing) {
  const entries = await protocol.ofFiling(municipality, id)
  const [events, amendments, files] = await Promise.all([
    history.of(municipality, id),
    protocol.amendmentsOf(entries),
    documents.ofFiling(municipality, id),
  ])
  return disclosedTo('filer', { events, entries, amendments, documents: files })
}

const fileOf = ({ documents }: Sources, document: StoredDocument, path: string): ZippedFile => ({
  path,
  size: document.size,
  content: () => documents.open(document),
})

/** Requests for correction; who answered by role, as in the consultations. */
async function correctionsPart({ corrections }: Sources, { municipality, login }: Subject): Promise<DataPart> {
  const all = await corrections.ofPerson(municipality, login.person.key)
  const records = all.map(({ answer, ...correction }) => ({
    ...correction,
    answer: answer && { ...answer, by: { role: answer.by.role, office: answer.by.office } },
  }))
  return { name: 'correzioni', title: 'Richieste di correzione', records }
}

/** Mandates given and held, with the papers that were shown for them. */
async function mandatesPart(sources: Sources, { municipality, login }: Subject): Promise<DataPart> {
  const records = await sources.mandates.ofPerson(municipality, login.person.key)
  const papers = await Promise.all(records.map(({ id }) => sources.documents.ofFiling(municipality, id)))
  const files = papers.flatMap((documents) =>
    documents.map((document, index) => {
      return fileOf(sources, document, pathOf(`documenti/deleghe/${document.filing}`, index + 1, document.name))
    }),
  )
  return { name: 'deleghe', title: 'Deleghe date e ricevute', records, files }
}

/**
 * Who looked, as «Chi ha visto i miei dati» shows it: office and role, not the name (Court of Justice C-579/21), and at whose
 * filing only to those whose filing it is.
 */
async function consultationsPart({ consultations }: Sources, { municipality, login }: Subject): Promise<DataPart> {
  const { key, cf } = login.person
  const all = await everyPage(async (page) => {
    const found = await consultations.ofPerson(municipality, login.person, page)
    return { items: found.consultations, total: found.total }
  })
  const records = all.map(({ at, by: { role, office }, what, owners, filing, about, reason }) => ({
    ...{ at, role, office, what },
    ...(owners.includes(key) || (cf !== null && owners.includes(cf)) ? { filing, about, reason } : {}),
  }))
  return { name: 'consultazioni', title: CONSULTATIONS, records }
}

const consultationCount = async ({ consultations }: Sources, { municipality, login }: Subject) => ({
  title: CONSULTATIONS,
  count: (await consultations.ofPerson(municipality, login.person, 1)).total,
})

const messageCount = async ({ notifications }: Sources, { municipality, login }: Subject) => ({
  title: MESSAGES,
  count: (await notifications.ofPerson(municipality, login.person.key)).total,
})

const allMessages = async ({ notifications }: Sources, { municipality, login }: Subject): Promise<unknown[]> =>
  everyPage(async (page) => {
    const { messages, total } = await notifications.ofPerson(municipality, login.person.key, page)
    return { items: messages, total }
  })

async function everyPage<T>(read: (page: number) => Promise<{ items: readonly T[]; total: number }>): Promise<T[]> {
  const found: T[] = []
  for (let page = 1; ; page += 1) {
    const { items, total } = await read(page)
    found.push(...items)
    if (found.length >= total || items.length === 0) return found
  }
}
