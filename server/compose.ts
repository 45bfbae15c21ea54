import type { Express, RequestHandler } from 'express'
import type { Connection } from 'mongoose'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { createDocuments, verificationRoutes } from './documents/index.ts'
import {
  areaTabs,
  createDraftService,
  createFilingService,
  createFilingStore,
  createProgressService,
  createPublicFacts,
  createStampStore,
  createSubmissionService,
  createTasks,
  draftRoutes,
  filingRoutes,
  type Sealed,
} from './filings/index.ts'
import { createHistory, createOutbox } from './history/index.ts'
import { createIdentity, loginOf, type Login } from './identity/index.ts'
import { createMunicipalities } from './municipalities/index.ts'
import { createNotifications, messageRoutes } from './notifications/index.ts'
import { createDeskService, createOfficers, deskRoutes, registerReaderOf } from './offices/index.ts'
import { createCatalogue, publicRoutes } from './procedures/index.ts'
import { createProtocol, protocolRoutes } from './protocol/index.ts'
import { newId } from './shared/ids.ts'
import { createInTransaction } from './shared/transaction-store.ts'
import { startSchedule, type Recurring } from './schedule.ts'
import { createSigning } from './signing/index.ts'
import { buildAssets } from './web/assets.ts'
import { sessions } from './web/session.ts'
import { site } from './web/site.ts'
import { tenant } from './web/tenant.ts'
import { createViews } from './web/views.ts'

type Parts = { config: Config; connection: Connection; log: Logger; root: string }

export type Platform = {
  app: Express
  /** Begins the work that follows commits; `stop` waits for what is under way. */
  work: () => Promise<{ stop: () => Promise<void> }>
  stop: () => Promise<void>
}

const now = (): Date => new Date()

/** Builds every part from those before it: the one place that knows them all. */
export async function compose({ config, connection, log, root }: Parts): Promise<Platform> {
  const services = await createServices({ config, connection, log, root })
  const { municipalities, identity, desks } = services
  const app = createApp({
    root,
    log,
    newId,
    now,
    https: config.https,
    trustProxy: config.trustProxy,
    views: createViews(root, { reload: false }),
    health: health(connection),
    tenant: tenant((host) => municipalities.byHost(host)),
    sessions: sessions({
      client: connection.getClient(),
      dbName: connection.name,
      secret: config.sessionSecret,
      https: config.https,
    }),
    site: site({
      assets: await buildAssets(root),
      person: (req) => {
        const person = loginOf(req)?.person
        return person ? `${person.givenName} ${person.familyName}` : null
      },
      officer: async (req, res) => {
        const login = loginOf(req)
        return login ? desks.isOfficer((res.locals['municipality'] as { id: string }).id, login) : false
      },
    }),
    identity: identity.routes(),
    publicPages: publicRoutes({ catalogue: services.catalogue, now }),
    pages: pagesOf(services),
  })
  return { app, work: () => work(services, connection, log), stop: () => stop(services) }
}

async function work(services: Services, connection: Connection, log: Logger): Promise<{ stop: () => Promise<void> }> {
  const outbox = services.outbox.run(services.tasks)
  const schedule = await startSchedule(connection, recurringOf(services), log)
  return {
    async stop() {
      await schedule.stop()
      await outbox.stop()
    },
  }
}

/** What the nights are for: registers closed (AgID guidelines §3.1.5), drafts past their time and stray bytes erased. */
function recurringOf({ drafts, documents, protocol, municipalities }: Services): Recurring[] {
  return [
    {
      name: 'close-daily-registers',
      when: '10 1 * * *',
      work: async () => {
        for (const municipality of await municipalities.all()) await protocol.closeDays(municipality, now())
      },
    },
    { name: 'erase-expired-drafts', when: '30 2 * * *', work: () => drafts.eraseExpired() },
    { name: 'clean-documents', when: '0 3 * * *', work: () => documents.clean(new Date(now().getTime() - 86_400_000)) },
  ]
}

async function stop({ signing, notifications }: Services): Promise<void> {
  notifications.close()
  await signing.stop()
}

type Services = Awaited<ReturnType<typeof createServices>>

async function createServices({ config, connection, log, root }: Parts) {
  const inTransaction = createInTransaction(connection)
  const municipalities = createMunicipalities({ connection, now })
  const identity = createIdentity({ connection, config, log, now, newId })
  const signing = createSigning({ sealKeys: config.sealKeys, trustAnchors: config.trustAnchors })
  const documents = createDocuments({ connection, signing, now, newId })
  const protocol = createProtocol({ connection, newId })
  const history = createHistory({ connection, newId })
  const outbox = createOutbox({ connection, newId, now, log })
  const catalogue = await createCatalogue({ connection, root, municipalities, now })
  const siteOf = (): string => config.publicAddress
  const notifications = createNotifications({ connection, mail: config.mail, root, municipalities, siteOf, now, newId })
  const sealed: Sealed = async (pdf, municipality, reason) => {
    const { name, address } = await municipalities.byId(municipality)
    return signing.seal(pdf, { municipality, name, reason, location: address.city })
  }

  const store = createFilingStore(connection)
  const filings = createFilingService({ store, documents })
  const drafts = createDraftService({ store, catalogue, documents, now, newId })
  const submissions = createSubmissionService({
    store,
    stamps: createStampStore(connection),
    documents,
    protocol,
    history,
    outbox,
    inTransaction,
    now,
    newId,
  })
  const progress = createProgressService({
    store,
    catalogue,
    documents,
    protocol,
    history,
    outbox,
    sealed,
    inTransaction,
    now,
  })
  const desks = createDeskService({ officers: createOfficers(connection), filings, progress, now })
  const publicFacts = createPublicFacts({ store, documents, municipalities })
  const tasks = createTasks({
    store,
    catalogue,
    municipalities,
    documents,
    history,
    protocol,
    sealed,
    tell: (message) => notifications.send(message),
    publicAddress: config.publicAddress,
    now,
  })
  return {
    municipalities,
    identity,
    signing,
    documents,
    protocol,
    outbox,
    catalogue,
    notifications,
    filings,
    drafts,
    submissions,
    progress,
    desks,
    publicFacts,
    tasks,
    inTransaction,
  }
}

function pagesOf(services: Services) {
  const {
    drafts,
    submissions,
    filings,
    catalogue,
    progress,
    documents,
    notifications,
    desks,
    protocol,
    publicFacts,
    signing,
    inTransaction,
  } = services
  const unread = (municipality: string, login: Login) => notifications.unread(municipality, login.person.key)
  return [
    ['/verifica', verificationRoutes({ find: publicFacts, documents })],
    [
      '/ufficio/protocollo',
      protocolRoutes({
        protocol,
        inTransaction,
        readerOf: registerReaderOf(desks),
        sealOf: ({ id }) => signing.xmlSigner(id),
        now,
      }),
    ],
    ['/ufficio', deskRoutes({ desks, filings, now })],
    ['/area-personale/messaggi', messageRoutes({ notifications, tabs: (count) => areaTabs('messages', count) })],
    ['/', filingRoutes({ filings, progress, catalogue, documents, unread, now })],
    ['/', draftRoutes({ drafts, submissions, filings, catalogue, newId })],
  ] as const
}

/** Answers 200 while the database answers: for the balancer in front. */
function health(connection: Connection): RequestHandler {
  return async (_req, res) => {
    await connection.db?.command({ ping: 1 })
    res.type('text').send('ok')
  }
}
