import type { Connection } from 'mongoose'
import { federationsOf } from './federation.ts'
import { createIdentityProviders } from './identity-provider-service.ts'
import { createMetadataCopies } from './identity-provider-store.ts'
import { identityRoutes } from './identity-routes.ts'
import { createLoginRequestStore } from './login-request-store.ts'
import { createLoginService } from './login-service.ts'
import { createLogoutService } from './logout-service.ts'
import { createLogoutStore } from './logout-store.ts'
import { createMessageLog } from './message-log-store.ts'
import type { Organization } from './service-provider.ts'
import { createServiceProviders } from './service-provider-service.ts'

export { loginOf, requireLogin } from './access-routes.ts'
export type { Level, Login, Person, Scheme } from './person.ts'
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
}>

type Deps = Readonly<{
  connection: Connection
  config: Config
  log: { info(o: object, m: string): void; warn(o: object, m: string): void }
  now: () => Date
  newId: () => string
  /** Address of a municipality's site when it is not `publicAddress` (a union's members). */
  originOf?: (organization: Organization) => string
}>

/** The identity room: logins with SPID, CIE and eIDAS. `routes()` expect the tenant in `res.locals.municipality`. */
export function createIdentity({ connection, config, log, now, newId, originOf }: Deps) {
  const providers = createIdentityProviders({
    federations: federationsOf(config.identityProviders, config.identityProvidersTrust),
    copies: createMetadataCopies(connection),
    log,
    now,
  })
  const serviceProviders = createServiceProviders({
    keys: config.spidKeys,
    originOf: originOf ?? (() => config.publicAddress),
  })
  const requests = createLoginRequestStore(connection)
  const messages = createMessageLog(connection, config.spidLogKey)
  const logins = createLoginService({ providers, requests, messages, now, newId })
  const logouts = createLogoutService({ providers, requests, store: createLogoutStore(connection), now, newId })
  const deps = { https: config.https, providers, serviceProviders, logins, logouts, log, newId }
  return { routes: () => identityRoutes(deps), messages }
}
