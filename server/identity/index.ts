import { randomBytes } from 'node:crypto'
import type { Connection } from 'mongoose'
import { createAttempts } from '../shared/attempts-store.ts'
import { siteAddress } from '../shared/site-address.ts'
import type { CheckCard } from './card.ts'
import { cardListener, cardsBehindProxy, type CardProxy } from './card-routes.ts'
import { createCardService, type CardService } from './card-service.ts'
import { createDirectoryClients } from './directory-client-service.ts'
import { createDirectoryService } from './directory-service.ts'
import { federationsOf } from './federation.ts'
import { createIdentityProviders } from './identity-provider-service.ts'
import { createMetadataCopies } from './identity-provider-store.ts'
import { identityRoutes } from './identity-routes.ts'
import { createLoginAttemptStore, type LoginAttemptStore } from './login-attempt-store.ts'
import { createLoginLimit } from './login-limit-routes.ts'
import { createLoginRequestStore } from './login-request-store.ts'
import { createLoginService } from './login-service.ts'
import { createLogoutService } from './logout-service.ts'
import { createLogoutStore } from './logout-store.ts'
import { createMessageLog } from './message-log-store.ts'
import { createOpenSessions } from './open-session-store.ts'
import type { Organization } from './service-provider.ts'
import { createServiceProviders } from './service-provider-service.ts'

export {
  assertLevel,
  citizenLogin,
  loginOf,
  officerLoginOf,
  requireLogin,
  requireOfficerLogin,
} from './access-routes.ts'
export { messageLogRoutes, type MessageLogLook, type MessageLogReader } from './message-log-routes.ts'
export { openSessionRoutes } from './open-session-routes.ts'
export type { OpenSessions } from './open-session-store.ts'
export { authorOf, type Level, type Login, type Person, type Scheme } from './person.ts'
export type { Organization } from './service-provider.ts'
export { ensureServiceProviderKeys } from './service-provider-keys.ts'

type Config = Readonly<{
  /** What people type, without a final slash. */
  publicAddress: string
  https: boolean
  /** Folder of metadata files (SPID; sub-folders `cie` and `eidas` for those), or the address of SPID's registry. */
  identityProviders: string
  /** PEM certificate with which the federation's operator signs its metadata. */
  identityProvidersTrust?: string
  /** Folder with one folder a municipality, each with `key.pem` and `certificate.pem`. */
  spidKeys: string
  /** 32 bytes. */
  spidLogKey: Buffer
  /** Login with CNS; absent where cards are not asked for. `proxy`: who asks for them instead of us. */
  cns?: Readonly<{ address: string; proxy?: CardProxy }>
  /** Folder with one `<municipality>.json` for each whose staff log in with a directory of its own. */
  staffDirectories?: string
}>

type Deps = Readonly<{
  connection: Connection
  config: Config
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
  now: () => Date
  newId: () => string
  /** Judges the certificates of cards; needed with `config.cns`. */
  checkCard?: CheckCard
  /** Has that person an appointment in that municipality today? Needed with `config.staffDirectories`. */
  isOfficer?: (municipality: string, cf: string) => Promise<boolean>
}>

/**
 * The identity room: logins with SPID, CIE, eIDAS and CNS. `routes()` expect the tenant in `res.locals.municipality`.
 * `cards` answers where cards are asked for: `listener` on a TLS socket of ours, `behindProxy` in front of everything else.
 */
export function createIdentity(parts: Deps) {
  const { connection, config, log, now, newId } = parts
  const originOf = (organization: Organization): string => siteAddress(organization, config.publicAddress)
  const providers = createIdentityProviders({
    federations: federationsOf(config.identityProviders, config.identityProvidersTrust),
    copies: createMetadataCopies(connection),
    log,
    now,
  })
  const serviceProviders = createServiceProviders({
    keys: config.spidKeys,
    originOf,
  })
  const requests = createLoginRequestStore(connection)
  const messages = createMessageLog(connection, config.spidLogKey)
  const logins = createLoginService({ providers, requests, messages, now, newId })
  const logouts = createLogoutService({ providers, requests, store: createLogoutStore(connection), now, newId })
  const attempts = createLoginAttemptStore(connection)
  const cards = cardLogins(parts, attempts)
  const directories = directoryLogins(parts, attempts)
  const limit = createLoginLimit(createAttempts({ connection, now }))
  const { https } = config
  const cns = cards && config.cns && { cns: { https, cards, address: config.cns.address, originOf, limit, log } }
  const deps = {
    https,
    providers,
    serviceProviders,
    logins,
    logouts,
    limit,
    log,
    newId,
    originOf,
    ...cns,
    ...directories,
  }
  return {
    routes: () => identityRoutes(deps),
    messages,
    providers,
    sessions: createOpenSessions(connection, now),
    ...(cards && { cards: cardDesks(cards, parts) }),
  }
}

function cardLogins({ config, checkCard: check, now }: Deps, attempts: LoginAttemptStore) {
  if (!config.cns || !check) return undefined
  const secret = (): string => randomBytes(24).toString('base64url')
  return createCardService({ attempts, check, now, secret })
}

function directoryLogins({ config, isOfficer, now }: Deps, attempts: LoginAttemptStore) {
  if (config.staffDirectories === undefined || !isOfficer) return undefined
  const clients = createDirectoryClients({ folder: config.staffDirectories, now })
  return { directories: createDirectoryService({ clients, attempts, isOfficer, now }) }
}

function cardDesks(cards: CardService, { config, log }: Deps) {
  const deps = { cards, home: `${config.publicAddress}/accesso`, log }
  const proxy = config.cns?.proxy
  return { listener: () => cardListener(deps), behindProxy: () => proxy && cardsBehindProxy({ ...deps, proxy }) }
}
