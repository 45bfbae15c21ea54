import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import express, { Router, type ErrorRequestHandler, type Request } from 'express'
import { limitConnections } from '../../../server/web/connection-limits.ts'
import { signerNamed } from './keys.ts'
import { logoutResponse, signedRedirect } from './logout.ts'
import { providerMetadata } from './metadata.ts'
import { ANOMALIES, choicePage, errorPage, postPage, type TestPerson } from './pages.ts'
import { attributesFor, PROFILES, type Profile } from './profile.ts'
import {
  readAuthnRequest,
  readMessage,
  readServiceProvider,
  type AuthnRequest,
  type Message,
} from './request-reader.ts'
import { anomalyResponse, successResponse, type ResponseFacts, type Signer } from './response-builder.ts'

export type Settings = Readonly<{
  /** 0 takes a free one. */
  port: number
  /** As browsers reach it; without it `http://localhost:<port>`. */
  baseUrl?: string
  persons: readonly TestPerson[]
  /** Addresses of the SPID metadata of the service providers that may ask, CIE's beside them; read anew at each request. */
  serviceProviders: readonly string[]
  signer?: Signer
}>

export type RunningIdentityProvider = Readonly<{
  /** Of the SPID profile. */
  entityId: string
  baseUrl: string
  signer: Signer
  /** Metadata of the SPID profile. */
  metadata: string
  /** Puts the metadata of all profiles where the platform looks for them: the folder, and `cie` and `eidas` in it. */
  writeMetadata: (folder: string) => void
  /** From now on the service provider whose SPID metadata are at this address may ask too. */
  learn: (address: string) => void
  stop: () => Promise<void>
}>

type Running = Settings & Readonly<{ baseUrl: string; signer: Signer; serviceProviders: string[] }>

const VALID_MS = 5 * 60_000

/**
 * A SAML identity provider for development and tests, on its own port: it verifies requests as SPID's providers do,
 * lets one choose who to be, and signs real responses. It plays CIE's provider and the eIDAS node too. Never part of a
 * production installation.
 */
export async function startIdentityProvider(settings: Settings): Promise<RunningIdentityProvider> {
  const app = express()
  const server = await new Promise<Server>((resolve, reject) => {
    const listening: Server = app.listen(settings.port, '127.0.0.1', (error?: Error) => {
      if (error) reject(error)
      else resolve(listening)
    })
  })
  // As the platform's own: within a login a load test sends forms on connections that have rested while somebody typed.
  limitConnections(server)
  const { port } = server.address() as { port: number }
  const baseUrl = settings.baseUrl ?? `http://localhost:${port}`
  const running: Running = {
    ...settings,
    serviceProviders: [...settings.serviceProviders],
    baseUrl,
    signer: settings.signer ?? signerNamed('Gestore di prova'),
  }
  app.use(express.urlencoded({ extended: false, limit: '1mb' }))
  // The longest path first: the SPID profile's is empty and would take all.
  for (const profile of PROFILES.toReversed()) app.use(profile.path, profileRoutes(profile, running))
  app.use(refuse)
  return {
    entityId: baseUrl,
    baseUrl,
    signer: running.signer,
    metadata: metadataOf(PROFILES[0]!, running),
    writeMetadata(folder) {
      for (const profile of PROFILES) {
        mkdirSync(join(folder, profile.path), { recursive: true })
        writeFileSync(join(folder, profile.path, 'test.xml'), metadataOf(profile, running))
      }
    },
    learn: (address) => void running.serviceProviders.push(address),
    stop: async () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function metadataOf({ path, name }: Profile, { baseUrl, signer }: Running): string {
  return providerMetadata({ entityId: baseUrl + path, name, baseUrl: baseUrl + path, signers: [signer] })
}

function profileRoutes(profile: Profile, running: Running): Router {
  const router = Router()
  const entityId = running.baseUrl + profile.path
  const persons = running.persons.filter(profile.knows)
  const pending = new Map<string, { request: AuthnRequest; relayState: string }>()
  const known = async () => Promise.all(addressesFor(profile, running).map(knownServiceProvider))

  router.get('/metadata.xml', (_req, res) => {
    res.type('application/samlmetadata+xml').send(metadataOf(profile, running))
  })

  router.all('/sso', async (req, res) => {
    const request = readAuthnRequest(readMessage(messageOf(req), await known()), `${entityId}/sso`)
    const id = randomUUID()
    pending.set(id, { request, relayState: fieldsOf(req)['RelayState'] ?? '' })
    const serviceProvider = request.from.entityId
    res.send(choicePage({ path: profile.path, pending: id, level: request.level, persons, serviceProvider }))
  })

  router.post('/answer', (req, res) => {
    const fields = fieldsOf(req)
    const id = fields['pending'] ?? ''
    const waiting = pending.get(id)
    if (!waiting) throw new Error('Richiesta scaduta')
    pending.delete(id)
    const { request, relayState: RelayState } = waiting
    const response = answerTo(request, fields, { entityId, profile, persons, signer: running.signer })
    res.send(postPage(request.recipient, { SAMLResponse: Buffer.from(response).toString('base64'), RelayState }))
  })

  router.all('/slo', async (req, res) => {
    // The answer to a logout that began here ends here.
    if (fieldsOf(req)['SAMLResponse'] !== undefined) {
      res.send(errorPage('Uscita completata'))
      return
    }
    const { root, from } = readMessage(messageOf(req), await known())
    const facts = { inResponseTo: root.getAttribute('ID') ?? '', destination: from.slo, issuer: entityId }
    const document = logoutResponse(facts)
    res.redirect(303, signedRedirect(from.slo, { name: 'SAMLResponse', document }, running.signer))
  })

  return router
}

type Answering = Readonly<{ entityId: string; profile: Profile; persons: readonly TestPerson[]; signer: Signer }>

function answerTo(request: AuthnRequest, fields: Record<string, string>, answering: Answering): string {
  const { entityId, profile, persons, signer } = answering
  const person = persons.find(({ id }) => id === fields['person'])
  const level = Number(fields['level'] ?? request.level)
  const attributes = person ? attributesFor(profile, person) : {}
  const facts = factsFor(request, { issuer: entityId, level, attributes, now: new Date() })
  const anomaly = ANOMALIES.find(({ number }) => String(number) === fields['anomaly'])
  if (anomaly) return anomalyResponse(facts, anomaly, signer)
  if (!person) throw new Error('Scegli una persona')
  return successResponse(facts, signer)
}

type Answer = Readonly<{ issuer: string; level: number; attributes: Readonly<Record<string, string>>; now: Date }>

/** Facts of a correct answer to a request. Only level 1 opens a session at the provider, so only it has a SessionIndex. */
export function factsFor(
  { id, recipient, from }: Pick<AuthnRequest, 'id' | 'recipient'> & { from: { entityId: string } },
  { issuer, level, attributes, now }: Answer,
): ResponseFacts {
  const instant = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    responseId: `_${randomUUID()}`,
    assertionId: `_${randomUUID()}`,
    requestId: id,
    issueInstant: instant(now),
    notBefore: instant(now),
    notOnOrAfter: instant(new Date(now.getTime() + VALID_MS)),
    recipient,
    issuer,
    audience: from.entityId,
    nameId: `_${randomUUID()}`,
    level: `https://www.spid.gov.it/SpidL${level}`,
    ...(level === 1 ? { sessionIndex: `_${randomUUID()}` } : {}),
    attributes,
  }
}

function addressesFor({ scheme }: Profile, { serviceProviders }: Running): string[] {
  return serviceProviders.map((address) => (scheme === 'cie' ? address.replace('/spid/', '/cie/') : address))
}

const knownServiceProvider = async (address: string) => readServiceProvider(await (await fetch(address)).text())

function messageOf(req: Request): Message {
  const value = fieldsOf(req)['SAMLRequest'] ?? ''
  const query = req.originalUrl.split('?')[1] ?? ''
  return { kind: 'SAMLRequest', value, ...(req.method === 'GET' ? { query } : {}) }
}

const fieldsOf = (req: Request) => (req.method === 'GET' ? req.query : (req.body ?? {})) as Record<string, string>

/** Requests that SPID's providers do not take end on the provider's own page. */
const refuse: ErrorRequestHandler = (error: Error, _req, res, next) => {
  if (res.headersSent) next(error)
  else res.status(403).send(errorPage(error.message))
}
