import type { RequestHandler } from 'express'
import type { RequestListener } from 'node:http'
import type { Connection } from 'mongoose'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { bundleRoutes, verifierRoutes } from './bundles/index.ts'
import { cosigningRoutes } from './cosigning/index.ts'
import { watchAbsence, type Absence } from './database.ts'
import { verificationRoutes } from './documents/index.ts'
import { draftRoutes } from './drafts/index.ts'
import { messageLogRoutes, officerLoginOf, openSessionRoutes, type Login } from './identity/index.ts'
import { mandateRoutes, reviewRoutes } from './mandates/index.ts'
import { municipalityOf } from './municipalities/index.ts'
import { messageRoutes } from './notifications/index.ts'
import {
  administratorFrame,
  appointmentRoutes,
  assignmentRoutes,
  consultationRoutes,
  correctionOfficerOf,
  deskRoutes,
  familyRoutes,
  givenUpRoutes,
  mandateReviewerOf,
  messageLogReaderOf,
  officerFrame,
  registerReaderOf,
  toSignRoutes,
} from './offices/index.ts'
import { areaRoutes, areaTabs, citizenGuard, filingRoutes, type AreaSection } from './personal-area/index.ts'
import { correctionDeskRoutes, personalDataRoutes } from './personal-data/index.ts'
import { publicRoutes } from './procedures/index.ts'
import { protocolRoutes } from './protocol/index.ts'
import { ratingResultRoutes, ratingRoutes } from './ratings/index.ts'
import { startSchedule, type Recurring } from './schedule.ts'
import { createServices, now, type Parts, type Services } from './services.ts'
import { createAttempts } from './shared/attempts-store.ts'
import { isDatabaseAway } from './shared/database-failure.ts'
import { forEach } from './shared/for-each.ts'
import { newId } from './shared/ids.ts'
import { submissionRoutes } from './submission/index.ts'
import { trustedListRoutes } from './trusted-lists/index.ts'
import { buildAssets } from './web/assets.ts'
import { RETRY_AFTER } from './web/error-handler.ts'
import { parkWithout } from './web/park.ts'
import { sessions } from './web/session.ts'
import { site, siteOfUnknown } from './web/site.ts'
import { tenant } from './web/tenant.ts'
import { viewsBelow } from './web/views.ts'

export type Platform = {
  app: RequestListener
  /** Handler of the TLS server that asks for cards; absent where a proxy asks for them, or nobody does. */
  cards?: RequestListener
  /** Starts the work in the background (outbox, schedule); its `stop` waits for what is under way. */
  work: () => Promise<{ stop: () => Promise<void> }>
  stop: () => void
}

/** The platform: services, pages and work put together. */
export async function compose({ config, connection, log, root }: Parts): Promise<Platform> {
  const services = await createServices({ config, connection, log, root })
  const { municipalities, identity, desks } = services
  const assets = await buildAssets(root)
  const absence = watchAbsence(connection, now)
  const app = createApp({
    root,
    log,
    newId,
    now,
    https: config.https,
    trustProxy: config.trustProxy,
    views: viewsBelow(root),
    health: health(connection, absence),
    tenant: tenant((host) => municipalities.byHost(host)),
    sessions: sessions({
      client: connection.getClient(),
      dbName: connection.name,
      secret: config.sessionSecret,
      https: config.https,
      attempts: createAttempts({ connection, now }),
      now,
    }),
    absence,
    siteOfUnknown: siteOfUnknown({ assets }),
    site: site({
      assets,
      person: (req) => {
        const person = officerLoginOf(req)?.person
        return person ? `${person.givenName} ${person.familyName}` : null
      },
      officer: async (req, res) => {
        const login = officerLoginOf(req)
        return login ? desks.isOfficer(municipalityOf(res).id, login) : false
      },
    }),
    cards: identity.cards?.behindProxy(),
    identity: identity.routes(),
    publicPages: publicRoutes({ ...services, now }),
    pages: pagesOf(services),
    deskFrameOf: officerFrame(desks),
  })
  const cards = identity.cards?.listener()
  return {
    app,
    ...(cards && { cards }),
    work: () => work(services, connection, log),
    stop: () => services.notifications.close(),
  }
}

async function work(services: Services, connection: Connection, log: Logger): Promise<{ stop: () => Promise<void> }> {
  // Whatever was down for days, such as a signing device, may have been mended while no worker ran: tasks that were given up
  // get another chance.
  await services.outbox.revive()
  const schedule = await startSchedule(connection, recurringOf(services), { log, outage: services.outage })
  // Mails have lanes of their own: a mail server that hangs keeps no receipt waiting.
  const loops = [services.tasks, services.notifications.tasks].map((tasks) => services.outbox.run(tasks))
  return {
    async stop() {
      await schedule.stop()
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}

/**
 * Work that comes round by the clock: daily registers are closed (AgID guidelines §3.1.5), trusted lists renewed, signatures
 * validated again, files scanned that no scanner has seen, and everything past its retention is erased.
 */
function recurringOf({
  drafts,
  filings,
  documents,
  protocol,
  municipalities,
  trustedLists,
  identity,
  consultations,
  validateDueSignatures,
}: Services): Recurring[] {
  return [
    {
      name: 'close-daily-registers',
      when: '10 1 * * *',
      work: async () => forEach(await municipalities.all(), (municipality) => protocol.closeDays(municipality, now())),
    },
    {
      name: 'refresh-trusted-lists',
      // Only lists that are some hours old; the list of the lists every hour, while it cannot be had.
      when: '40 * * * *',
      // The first download takes minutes, and nothing waits for it.
      atStart: true,
      work: () => trustedLists.refreshIfOld(),
    },
    { name: 'validate-again', when: '*/15 * * * *', work: () => validateDueSignatures() },
    { name: 'erase-expired-drafts', when: '30 2 * * *', work: () => drafts.eraseExpired() },
    // Those from before there was a search by name, and what a process of before still wrote while others were new.
    { name: 'make-filings-findable', when: '20 3 * * *', atStart: true, work: () => filings.makeFindable() },
    { name: 'erase-login-messages', when: '50 2 * * *', work: () => identity.messages.eraseDue(now()) },
    {
      name: 'erase-consultations',
      when: '55 2 * * *',
      work: async () => forEach(await municipalities.all(), consultations.eraseDue),
    },
    { name: 'scan-documents', when: '*/5 * * * *', work: () => documents.scanUnscanned() },
    { name: 'clean-documents', when: '0 3 * * *', work: () => documents.clean(new Date(now().getTime() - 86_400_000)) },
  ]
}

function pagesOf(services: Services) {
  const { annulledAt, bundles, confidentialFacts, documents, publicFacts, signing } = services
  return [
    ['/', ratingRoutes({ ...services, newId, now })],
    // An officer whose session ended while they were writing finds it again after the login.
    ['/ufficio', parkWithout(officerLoginOf)],
    ['/verifica', verifierRoutes({ verifier: bundles.verifier, signerOf: (id) => signing.xmlSigner(id) })],
    ['/verifica', verificationRoutes({ find: publicFacts, reveal: confidentialFacts, documents, annulledAt })],
    ...housePagesOf(services),
    ['/ufficio/pratiche/:id', assignmentRoutes({ ...services, now })],
    ['/ufficio', deskRoutes({ ...services, now })],
    ...areaPagesOf(services),
    ['/', bundleRoutes({ bundles })],
    ...citizenPagesOf(services),
  ] as const
}

/** The pages of a citizen's own filings and drafts, and of what others ask them to sign. */
function citizenPagesOf(services: Services) {
  const { cosigning } = services
  return [
    ['/', citizenGuard()],
    ['/', areaRoutes({ ...services, unread: unreadOf(services), now })],
    ['/', filingRoutes({ ...services, now })],
    ['/', cosigningRoutes({ cosigning, tabs: tabsOf(services)('signing') })],
    ['/', draftRoutes({ ...services, newId })],
    ['/', submissionRoutes(services)],
  ] as const
}

/** The officers' pages that are not about filings. */
function housePagesOf(services: Services) {
  const { protocol, inTransaction, signing, consultations, desks, mandates, documents, catalogue } = services
  const { trustedLists, identity, appointments, family, progress } = services
  return [
    [
      '/ufficio/protocollo',
      protocolRoutes({
        protocol,
        inTransaction,
        readerOf: registerReaderOf(desks),
        sealOf: ({ id }) => signing.xmlSigner(id),
        consulted: consultations.ofEntry,
        now,
      }),
    ],
    [
      '/ufficio/deleghe',
      reviewRoutes({
        mandates,
        documents,
        catalogue,
        reviewerOf: mandateReviewerOf(desks),
        consulted: consultations.ofMandate,
      }),
    ],
    [
      '/ufficio/rettifiche',
      correctionDeskRoutes({ corrections: services.corrections, officerOf: correctionOfficerOf(desks), now }),
    ],
    [
      '/ufficio/liste-fiducia',
      trustedListRoutes({ lists: trustedLists, frameOf: administratorFrame(desks, 'liste-fiducia'), now }),
    ],
    [
      '/ufficio/registro-accessi',
      messageLogRoutes({
        ...identity,
        readerOf: messageLogReaderOf(desks),
        consulted: consultations.ofMessageLog,
      }),
    ],
    [
      '/ufficio/valutazioni',
      ratingResultRoutes({
        ratings: services.ratings,
        titlesOf: async (municipality) =>
          new Map((await catalogue.all(municipality)).map(({ id, title }) => [id, title])),
        frameOf: administratorFrame(desks, 'valutazioni'),
      }),
    ],
    ['/ufficio/operazioni-non-riuscite', givenUpRoutes(services)],
    ['/ufficio/incarichi', appointmentRoutes({ appointments, desks, now })],
    ['/ufficio/conflitti', familyRoutes({ family, desks })],
    [
      '/ufficio/firme',
      toSignRoutes({ desks, consultations, signatures: progress.signatures, keys: signing.personalKeys, now }),
    ],
  ] as const
}

/** The sections of the personal area that are not about filings. */
function areaPagesOf(services: Services) {
  const { mandates, documents, catalogue, filings, consultations, notifications, identity } = services
  const { personalData, corrections, correctionHolders } = services
  const tabs = tabsOf(services)
  return [
    [
      '/area-personale/deleghe',
      mandateRoutes({
        mandates,
        documents,
        catalogue,
        now,
        filingsOf: (...which) => filings.sentBy(...which),
        tabs: tabs('mandates'),
      }),
    ],
    ['/area-personale/accessi', openSessionRoutes({ sessions: identity.sessions, tabs: tabs('sessions') })],
    ['/area-personale/consultazioni', consultationRoutes({ consultations, tabs: tabs('consultations') })],
    [
      '/area-personale/i-miei-dati',
      personalDataRoutes({ personalData, corrections, holders: correctionHolders, tabs: tabs('data') }),
    ],
    [
      '/area-personale/messaggi',
      messageRoutes({ notifications, tooWeakFor: filings.tooWeakFor, tabs: (count) => areaTabs('messages', count) }),
    ],
  ] as const
}

/** How many messages of a person wait to be read. */
const unreadOf =
  ({ notifications }: Services) =>
  (municipality: string, login: Login) =>
    notifications.unread(municipality, login.person.key)

/** The tabs of the personal area, for a section of a room that knows no messages. */
const tabsOf = (services: Services) => (section: AreaSection) => async (municipality: string, login: Login) =>
  areaTabs(section, await unreadOf(services)(municipality, login))

/** Answers 200 while the database answers, and else 503 without making the balancer in front wait: in words for a program, not a page. */
function health(connection: Connection, { isAway }: Absence): RequestHandler {
  return async (_req, res) => {
    const answers = !isAway() && (await answersNow(connection))
    if (!answers) res.status(503).set('retry-after', String(RETRY_AFTER))
    res.type('text').send(answers ? 'ok' : 'database away')
  }
}

async function answersNow(connection: Connection): Promise<boolean> {
  try {
    await connection.db?.command({ ping: 1 })
    return true
  } catch (error) {
    if (!isDatabaseAway(error)) throw error
    return false
  }
}
