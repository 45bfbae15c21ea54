import type { Connection } from 'mongoose'
import type { Logger } from 'pino'
import { createBundles } from './bundles/index.ts'
import { createClientCertificateCheck, createRevocationDownload } from './certificates/index.ts'
import type { Config } from './config.ts'
import {
  createCosigningService,
  createInvitationEnding,
  createInvitationService,
  createInvitationStore,
  createInvitationTask,
  type InvitationStore,
} from './cosigning/index.ts'
import { createDocuments, createMarking, createScanner } from './documents/index.ts'
import { createActingService, createDraftService } from './drafts/index.ts'
import {
  createActors,
  createFilingService,
  createFilingStore,
  createMarkedCopies,
  createRegisteredAt,
  type FilingStore,
  type Sealed,
} from './filings/index.ts'
import { createConsultationLog, createHistory, createOutbox, type NewTask } from './history/index.ts'
import { createIdentity } from './identity/index.ts'
import { createBusinessRegister, createMandates, type Mandates, type Representation } from './mandates/index.ts'
import { createMunicipalities, type Municipality } from './municipalities/index.ts'
import { createNotifications, type NewMessage } from './notifications/index.ts'
import {
  createAppointments,
  createAssignmentService,
  createConsultationService,
  createCorrectionHolders,
  createBatches,
  createDeskService,
  createFamily,
  createGivenUpService,
  currentAppointments,
  type Consultations,
} from './offices/index.ts'
import { createCorrections, createPersonalDataExport } from './personal-data/index.ts'
import { createCatalogue } from './procedures/index.ts'
import { createProtocol } from './protocol/index.ts'
import { createRatings } from './ratings/index.ts'
import { createAttempts } from './shared/attempts-store.ts'
import { newId } from './shared/ids.ts'
import { createOutage } from './shared/outage.ts'
import { siteAddress } from './shared/site-address.ts'
import type { Tell } from './shared/tell.ts'
import { createInTransaction } from './shared/transaction-store.ts'
import { fetchBytes } from './shared/web-fetch.ts'
import { createSigning, createTimestampClient } from './signing/index.ts'
import {
  createAnnulledAt,
  createConfidentialFacts,
  createPublicFacts,
  createReceiptTask,
  createStampStore,
  createSubmissionService,
} from './submission/index.ts'
import { createTrustedLists } from './trusted-lists/index.ts'
import { createProgressService, createToldTask } from './workflow/index.ts'

export type Parts = { config: Config; connection: Connection; log: Logger; root: string }

/** The clock of the platform: the one place that asks for the time. */
export const now = (): Date => new Date()

export type Services = Awaited<ReturnType<typeof createServices>>

/** Every service, each built from those before it, in the order of the rooms. */
export async function createServices(parts: Parts) {
  const rooms = await createRooms(parts)
  return { ...rooms, ...createWork(parts, rooms) }
}

/** What stands by itself: people, documents, register, history, catalogue. */
async function createRooms({ config, connection, log, root }: Parts) {
  const municipalities = createMunicipalities({ connection, now })
  const siteOf = (municipality: Municipality): string => siteAddress(municipality, config.publicAddress)
  // One cache for documents and cards: no authority is asked the same thing twice.
  const download = createRevocationDownload({ now, fetch: fetchBytes })
  const { cns, mail } = config
  const checkCard = cns && createClientCertificateCheck({ anchors: cns.authorities, download, now })
  const appointments = createAppointments({ connection, now, newId })
  const isOfficer = async (municipality: string, cf: string): Promise<boolean> => {
    const held = await appointments.ofPerson(await municipalities.byId(municipality), cf)
    return currentAppointments(held, now()).length > 0
  }
  const identity = createIdentity({ connection, config, log, now, newId, isOfficer, ...(checkCard && { checkCard }) })
  const trustedLists = createTrustedLists({ connection, now, ...config.trustedLists })
  const signing = createSigning({
    sealKeys: config.sealKeys,
    trustAnchors: config.trustAnchors,
    now,
    download,
    trustedLists: trustedLists.ready,
    ...(config.timestampUrl === undefined ? {} : { timestamp: stampsOf(config.timestampUrl) }),
    refusals: createAttempts({ connection, now }),
    unstamped: (error) => log.warn({ err: error }, 'seal without a time stamp'),
  })
  const inTransaction = createInTransaction(connection)
  const outage = createOutage({ log, now })
  const outbox = createOutbox({ connection, newId, now, log, outage })
  const later = (task: NewTask): Promise<void> => inTransaction((tx) => outbox.put([task], tx))
  const catalogue = await createCatalogue({ connection, root, municipalities, now })
  return {
    inTransaction,
    municipalities,
    siteOf,
    appointments,
    family: createFamily({ connection, now, newId }),
    identity,
    trustedLists,
    signing,
    documents: createDocuments({ connection, signing, scanner: createScanner(config.virusScan), now, newId }),
    protocol: createProtocol({ connection, newId }),
    history: createHistory({ connection, newId }),
    outage,
    outbox,
    catalogue,
    ratings: createRatings({ connection, findProcedure: (...which) => catalogue.find(...which), now }),
    notifications: createNotifications({ connection, mail, root, municipalities, siteOf, later, now, newId }),
  }
}

/** The administrator names this authority: unlike an address in a certificate, it may be private. */
const stampsOf = (url: string) => createTimestampClient({ url, privateHosts: [new URL(url).hostname], now })

type Rooms = Awaited<ReturnType<typeof createRooms>>

/** What the platform is for: filings, the offices that answer them, and what follows. */
function createWork({ config, connection, root, log }: Parts, rooms: Rooms) {
  const { municipalities, signing, documents, notifications, appointments, family } = rooms
  const tell = (message: NewMessage) => notifications.send(message)
  const register = createBusinessRegister(config.businessRegister)
  const { mandates, mandateTasks, representation } = createMandates({
    ...rooms,
    connection,
    register,
    tell,
    now,
    newId,
  })
  const sealed: Sealed = async (pdf, municipality, reason) => {
    const { name, address } = await municipalities.byId(municipality)
    return signing.seal(pdf, { municipality, name, reason, location: address.city })
  }
  const store = createFilingStore(connection)
  const invitations = createInvitationStore(connection)
  const actors = createActors({ ...rooms, mandates })
  const registeredAt = createRegisteredAt(rooms)
  const filings = createFilingService({ ...rooms, store, registeredAt, mandates, actors })
  const consultations = createConsultationService({ log: createConsultationLog(connection), filings, now })
  const requests = createRequests(rooms, { connection, store, invitations, mandates, representation, actors, tell })
  const known = { filings, mandates, consultations, tell, invitations: requests.invitations }
  const { correctionTasks, ...dataRights } = createDataRights(connection, rooms, known)
  const report = (error: unknown): void => log.error({ err: error }, 'A signature failed')
  const progress = createProgressService({ ...rooms, store, sealed, actors, now, signerOf: signing.signerOf, report })
  const assignments = createAssignmentService({ ...rooms, store, now, newId })
  const marking = createMarking({ signing, bytes: (document) => documents.bytes(document) })
  return {
    filings,
    validateDueSignatures: () => documents.validateDue(registeredAt),
    mandates,
    progress,
    copies: createMarkedCopies({ ...rooms, filings, marking, now }),
    bundles: createBundles({ ...rooms, filings, root, now }),
    ...dataRights,
    ...requests,
    consultations,
    correctionHolders: createCorrectionHolders({ appointments, family, now }),
    assignments,
    batches: createBatches({ ...rooms, progress, assignments, now }),
    desks: createDeskService({ ...rooms, ...dataRights, mandates, filings, progress, now }),
    givenUp: createGivenUpService({ ...rooms, filings }),
    confidentialFacts: createConfidentialFacts({ ...rooms, store, attempts: createAttempts({ connection, now }) }),
    publicFacts: createPublicFacts({ ...rooms, store }),
    annulledAt: createAnnulledAt(rooms),
    tasks: {
      ...mandateTasks,
      ...correctionTasks,
      'invitation-told': createInvitationTask({ store, invitations, documents, tell }),
      'filing-receipt': createReceiptTask({ ...rooms, store, sealed, tell, now }),
      'filing-told': createToldTask({ ...rooms, store, actors, tell }),
    },
  }
}

type ForRequests = Readonly<{
  connection: Connection
  store: FilingStore
  invitations: InvitationStore
  mandates: Mandates
  representation: Representation
  actors: ReturnType<typeof createActors>
  tell: Tell
}>

/** Requests until they are sent: filling in, the signatures that they wait for, the sending. */
function createRequests(
  rooms: Rooms,
  { connection, store, invitations, mandates, representation, actors, tell }: ForRequests,
) {
  const stamps = createStampStore(connection)
  const ending = createInvitationEnding({ invitations, tell })
  return {
    acting: createActingService({ mandates, representation, now }),
    drafts: createDraftService({ ...rooms, store, invitations: ending, actors, now, newId }),
    invitations: createInvitationService({ ...rooms, invitations, now, newId }),
    cosigning: createCosigningService({ ...rooms, store, invitations, now }),
    submissions: createSubmissionService({ ...rooms, store, mandates, actors, stamps, now, newId }),
  }
}

type Known = Readonly<{
  filings: ReturnType<typeof createFilingService>
  mandates: Mandates
  consultations: Consultations
  invitations: ReturnType<typeof createInvitationService>
  tell: (message: NewMessage) => Promise<unknown>
}>

/** What a person may ask about the data that are held of them. */
function createDataRights(connection: Connection, rooms: Rooms, { tell, ...known }: Known) {
  const { consultations } = known
  const asked = createCorrections({ ...rooms, connection, tell, consulted: consultations.append, now, newId })
  const sources = { ...rooms, ...known, corrections: asked.corrections, sessions: rooms.identity.sessions }
  return { ...asked, personalData: createPersonalDataExport({ sources, now }) }
}
