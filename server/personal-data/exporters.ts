import { disclosedTo, pathOf, type ZippedFile } from '../bundles/index.ts'
import type { InvitationService } from '../cosigning/index.ts'
import type { Documents, StoredDocument } from '../documents/index.ts'
import { filersCopy, type Filing, type FilingService } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { OpenSessions } from '../identity/index.ts'
import type { Mandates } from '../mandates/index.ts'
import type { Municipalities } from '../municipalities/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Appointments, Consultations, Family } from '../offices/index.ts'
import type { Protocol } from '../protocol/index.ts'
import type { Corrections } from './correction-service.ts'
import type { DataPart, Exporter, Subject } from './data-part.ts'

export type Sources = Readonly<{
  filings: Pick<FilingService, 'own' | 'countOwn'>
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
    read: async (subject) => ({ name: 'messaggi', title: MESSAGES, records: allMessages(sources, subject) }),
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
      title: 'Se lavori per il Comune: i tuoi incarichi',
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
      title: 'Se lavori per il Comune: i conflitti di interessi che hai dichiarato',
      records: person.cf ? await sources.family.ofOfficer(municipality, person.cf) : [],
    }),
  },
]

const FILINGS = 'Pratiche, con la loro storia, le registrazioni di protocollo e i documenti'
const MESSAGES = 'Messaggi'
const CONSULTATIONS = 'Chi ha visto i miei dati'

/** The person's own filings. Those that they may only follow for somebody else are not their data (GDPR art. 15 c. 4). */
function filingsPart(sources: Sources, { municipality, login }: Subject): DataPart {
  const files: ZippedFile[] = []
  async function* records(): AsyncGenerator {
    for await (const filing of sources.filings.own(municipality, login)) {
      const { documents, ...papers } = await papersOf(sources, filing)
      const named = documents.map((document, index) => ({
        document,
        path: pathOf(`documenti/${filing.id}`, index + 1, document.name),
      }))
      files.push(...named.map(({ document, path }) => fileOf(sources, document, path)))
      yield {
        filing: filersCopy(filing),
        ...papers,
        documents: named.map(({ document, path }) => ({ ...document, path })),
      }
    }
  }
  return { name: 'pratiche', title: FILINGS, records: records(), files }
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

/** Of a document only what its bytes are found by: there may be thousands of them. */
const fileOf = ({ documents }: Sources, { municipality, sha256, size }: StoredDocument, path: string): ZippedFile => ({
  path,
  size,
  content: () => documents.open({ municipality, sha256 }),
})

/** Requests for correction; who answered by role, as in the consultations. */
async function correctionsPart({ corrections }: Sources, { municipality, login }: Subject): Promise<DataPart> {
  const all = await corrections.ofPerson(municipality, login.person.key)
  const records = all.map(({ answer, ...correction }) => ({
    ...correction,
    answer: answer && { ...answer, by: { role: answer.by.role, office: answer.by.office } },
  }))
  return { name: 'rettifiche', title: 'Richieste di rettifica', records }
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
function consultationsPart({ consultations }: Sources, { municipality, login }: Subject): DataPart {
  const { key, cf } = login.person
  async function* records(): AsyncGenerator {
    const all = everyPage(async (page) => {
      const found = await consultations.ofPerson(municipality, login.person, page)
      return { items: found.consultations, total: found.total }
    })
    for await (const { at, by, what, owners, filing, about, reason } of all)
      yield {
        at,
        role: by.role,
        office: by.office,
        what,
        ...(owners.includes(key) || (cf !== null && owners.includes(cf)) ? { filing, about, reason } : {}),
      }
  }
  return { name: 'consultazioni', title: CONSULTATIONS, records: records() }
}

const consultationCount = async ({ consultations }: Sources, { municipality, login }: Subject) => ({
  title: CONSULTATIONS,
  count: (await consultations.ofPerson(municipality, login.person, 1)).total,
})

const messageCount = async ({ notifications }: Sources, { municipality, login }: Subject) => ({
  title: MESSAGES,
  count: (await notifications.ofPerson(municipality, login.person.key)).total,
})

const allMessages = ({ notifications }: Sources, { municipality, login }: Subject): AsyncIterable<unknown> =>
  everyPage(async (page) => {
    const { messages, total } = await notifications.ofPerson(municipality, login.person.key, page)
    return { items: messages, total }
  })

async function* everyPage<T>(
  read: (page: number) => Promise<{ items: readonly T[]; total: number }>,
): AsyncGenerator<T> {
  let found = 0
  for (let page = 1; ; page += 1) {
    const { items, total } = await read(page)
    yield* items
    found += items.length
    if (found >= total || items.length === 0) return
  }
}
