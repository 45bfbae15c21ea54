import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import express from 'express'
import type { Connection } from 'mongoose'
import {
  createIdentity,
  ensureServiceProviderKeys,
  loginOf,
  requireLogin,
  type Level,
  type Login,
  type Organization,
} from '../../server/identity/index.ts'
import { createAttempts } from '../../server/shared/attempts-store.ts'
import { newId } from '../../server/shared/ids.ts'
import { csrfToken } from '../../server/web/csrf.ts'
import { errorHandler } from '../../server/web/error-handler.ts'
import { securityHeaders } from '../../server/web/security.ts'
import { sessions } from '../../server/web/session.ts'
import { viewsBelow } from '../../server/web/views.ts'
import { createBrowser, type Browser } from './browser.ts'
import {
  factsFor,
  signerNamed,
  providerMetadata,
  successResponse,
  type Signer,
  type Spoiling,
} from '../support/identity-provider/index.ts'

export const ORGANIZATION: Organization = {
  id: 'vallechiara',
  name: 'Comune di Vallechiara',
  ipaCode: 'c_x999',
  belfiore: 'X999',
  cf: '99000000994',
  vat: '99000000994',
  phone: '+39 075 5550100',
  email: 'comune@comune.vallechiara.example',
  website: 'https://www.comune.vallechiara.example',
  address: { city: 'Vallechiara', province: 'PG' },
}

export const GIULIA = {
  spidCode: 'DEMO0000000001',
  name: 'Giulia',
  familyName: 'Conti',
  fiscalNumber: 'TINIT-CNTGLI85H54G478Q',
  dateOfBirth: '1985-06-14',
  placeOfBirth: 'G478',
  gender: 'F',
  email: 'giulia.conti@posta.example',
} as const

export const PUBLIC_ADDRESS = 'https://sportello.vallechiara.example'
/** RSA keys take seconds to make: that of `npm test` serves, the certificate is made for the address. */
const MADE_KEY = join('certs', 'spid', ORGANIZATION.id, 'key.pem')
const folder = mkdtempSync(join(tmpdir(), 'identity-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

export type TestProvider = Readonly<{ entityId: string; signer: Signer }>

/** A provider that exists only as metadata: tests write its responses themselves. */
export function makeProvider(entityId: string): TestProvider {
  return { entityId, signer: signerNamed(entityId) }
}

/** The folder of the keys of all service providers, with those of one for that address. */
function serviceProviderKeys(publicAddress: string): string {
  const keys = join(folder, createHash('sha256').update(publicAddress).digest('hex').slice(0, 8))
  const own = join(keys, ORGANIZATION.id)
  mkdirSync(own, { recursive: true })
  if (existsSync(MADE_KEY)) copyFileSync(MADE_KEY, join(own, 'key.pem'))
  ensureServiceProviderKeys(own, { organization: ORGANIZATION, entityId: publicAddress, now: new Date() })
  return keys
}

type Settings = Readonly<{
  providers: readonly TestProvider[]
  publicAddress?: string
  organization?: Organization
  now?: () => Date
}>

export type Platform = Readonly<{
  server: Server
  origin: string
  providersFolder: string
  identity: ReturnType<typeof createIdentity>
  logged: string[]
  /** A browser: keeps its cookies. */
  browser: () => Browser
  stop: () => Promise<void>
}>

/** The room mounted in the platform's own web layer, on a real socket and a real database. */
export async function startPlatform(
  connection: Connection,
  { providers, publicAddress = PUBLIC_ADDRESS, organization = ORGANIZATION, now = () => new Date() }: Settings,
): Promise<Platform> {
  const keysFolder = serviceProviderKeys(publicAddress)
  const providersFolder = join(folder, randomBytes(4).toString('hex'))
  mkdirSync(providersFolder)
  for (const { entityId, signer } of providers) dropMetadata(providersFolder, { entityId, signers: [signer] })

  const logged: string[] = []
  const line = (details: object, message: string) => void logged.push(`${message} ${JSON.stringify(details)}`)
  const warn = (details: object, message: string) => line({ ...details, severity: 'warn' }, message)
  const log = { info: line, warn, error: line }
  const https = publicAddress.startsWith('https:')
  const config = {
    publicAddress,
    https,
    identityProviders: providersFolder,
    spidKeys: keysFolder,
    spidLogKey: Buffer.alloc(32, 7),
  }
  const identity = createIdentity({ connection, config, log, now, newId })

  const app = express()
  const views = viewsBelow(process.cwd())
  app.engine('hbs', views.engine).set('view engine', 'hbs').set('views', join(process.cwd(), 'templates'))
  app.use(securityHeaders({ https }))
  app.use((_req, res, next) => {
    res.locals['municipality'] = organization
    next()
  })
  app.use(
    sessions({
      client: connection.getClient(),
      dbName: connection.name,
      secret: 'a secret of the tests, long enough',
      https,
      attempts: createAttempts({ connection, now }),
      now,
    }),
  )
  app.use((req, res, next) => {
    res.locals['site'] = {
      ...ORGANIZATION,
      assets: '/assets',
      csrf: req.session.login ? csrfToken(req) : null,
      person: loginOf(req)?.person.givenName ?? null,
    }
    next()
  })
  app.post('/modulo', express.urlencoded({ extended: false }), (req, res) => {
    req.session.parked = { path: '/modulo', body: req.body as Record<string, string> }
    req.session.returnTo = '/modulo'
    res.send('parked')
  })
  app.use(identity.routes())
  app.get(
    '/area-personale',
    requireLogin(),
    (req, res) => void res.json({ login: loginOf(req), parked: req.session.parked ?? null, csrf: csrfToken(req) }),
  )
  for (const level of [1, 2, 3] as const)
    app.get(`/livello-${level}`, requireLogin(level), (_req, res) => void res.send('entra'))
  app.use(errorHandler(log))

  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  const { port } = server.address() as { port: number }
  return {
    server,
    origin: `http://127.0.0.1:${port}`,
    providersFolder,
    identity,
    logged,
    browser: () => createBrowser(`http://127.0.0.1:${port}`),
    stop: async () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function dropMetadata(
  providersFolder: string,
  { entityId, signers }: { entityId: string; signers: readonly Signer[] },
): void {
  const metadata = providerMetadata({
    entityId,
    name: `Gestore ${new URL(entityId).hostname}`,
    baseUrl: entityId,
    signers,
  })
  writeFileSync(join(providersFolder, `${new URL(entityId).hostname}.xml`), metadata)
}

export type Begun = Readonly<{ id: string; xml: string; location: URL }>

/** Begins a login in that browser and reads the request that it would carry to the provider. */
export async function begin(
  browser: Browser,
  provider: TestProvider,
  query: { level?: Level; returnTo?: string } = {},
): Promise<Begun> {
  const { level = 2, returnTo } = query
  const search = new URLSearchParams({
    idp: provider.entityId,
    livello: String(level),
    ...(returnTo === undefined ? {} : { ritorno: returnTo }),
  })
  const answer = await browser.get(`/accesso/spid?${search.toString()}`)
  if (answer.status !== 302) throw new Error(`Login did not begin: ${answer.status}`)
  const location = new URL(answer.location)
  const xml = inflateRawSync(Buffer.from(location.searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
  return { id: / ID="([^"]+)"/.exec(xml)?.[1] ?? '', xml, location }
}

/** A response of the provider to a request, in base64, as its page would post it. */
export function responseTo(
  { id }: Pick<Begun, 'id'>,
  { entityId, signer }: TestProvider,
  spoiling: Spoiling & { level?: Level; attributes?: Record<string, string> } = {},
): string {
  const { level = 2, attributes = GIULIA } = spoiling
  const from = { entityId: PUBLIC_ADDRESS, acs: new Map<string, string>(), slo: '', sets: [], certificates: [] }
  const request = { id, recipient: `${PUBLIC_ADDRESS}/spid/acs`, from }
  const facts = factsFor(request, { issuer: entityId, level, attributes, now: new Date() })
  return Buffer.from(successResponse(facts, signer, spoiling)).toString('base64')
}

/** What the personal area of the tests says, or `undefined` for a browser that is not logged in. */
export async function personalArea(
  browser: Browser,
): Promise<{ login: Login; parked: unknown; csrf: string } | undefined> {
  const answer = await browser.get('/area-personale')
  return answer.status === 200
    ? (JSON.parse(answer.text) as { login: Login; parked: unknown; csrf: string })
    : undefined
}
