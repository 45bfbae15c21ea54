import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { deflateRawSync } from 'node:zlib'
import { sign } from 'node:crypto'
import express, { type Express, type Request, type Response } from 'express'
import { makeSigner } from './keys.ts'
import { providerMetadata } from './metadata.ts'
import { ANOMALIES, choicePage, errorPage, postPage, type TestPerson } from './pages.ts'
import {
  readAuthnRequest,
  readMessage,
  readServiceProvider,
  type AuthnRequest,
  type KnownServiceProvider,
} from './request-reader.ts'
import { anomalyResponse, escapeText, successResponse, type ResponseFacts, type Signer } from './response-builder.ts'

export type Settings = Readonly<{
  /** 0 takes a free one. */
  port: number
  /** As browsers reach it; without it `http://localhost:<port>`. */
  baseUrl?: string
  name?: string
  persons: readonly TestPerson[]
  /** Addresses of the metadata of the service providers that may ask; read anew at each request. */
  serviceProviders: readonly string[]
  signer?: Signer
}>

export type RunningIdentityProvider = Readonly<{
  entityId: string
  baseUrl: string
  signer: Signer
  /** Its metadata, to be put into the platform's folder of identity providers. */
  metadata: string
  stop: () => Promise<void>
}>

const VALID_MS = 5 * 60_000

/**
 * A SAML identity provider for development and tests, on its own port: it verifies requests as SPID's providers do,
 * lets one choose who to be, and signs real responses. Never part of a production installation.
 */
export async function startIdentityProvider(settings: Settings): Promise<RunningIdentityProvider> {
  const app = express()
  const server = await new Promise<Server>((resolve, reject) => {
    const listening: Server = app.listen(settings.port, '127.0.0.1', (error?: Error) =>
      error ? reject(error) : resolve(listening),
    )
  })
  const { port } = server.address() as { port: number }
  const baseUrl = settings.baseUrl ?? `http://localhost:${port}`
  const signer = settings.signer ?? makeSigner('Gestore di prova')
  const name = settings.name ?? 'Gestore di prova'
  const metadata = providerMetadata({ entityId: baseUrl, name, baseUrl, signers: [signer] })
  routes(app, { ...settings, baseUrl, signer, metadata })
  const stop = async () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { entityId: baseUrl, baseUrl, signer, metadata, stop }
}

type Running = Settings & { baseUrl: string; signer: Signer; metadata: string }

function routes(app: Express, running: Running): void {
  const pending = new Map<string, { request: AuthnRequest; relayState: string }>()
  app.use(express.urlencoded({ extended: false, limit: '1mb' }))

  app.get('/metadata.xml', (_req, res) => void res.type('application/samlmetadata+xml').send(running.metadata))

  app.all('/sso', async (req, res) => {
    const fields = fieldsOf(req)
    const verified = readMessage(messageOf(req, 'SAMLRequest'), await knownServiceProviders(running))
    const request = readAuthnRequest(verified, `${running.baseUrl}/sso`)
    const id = randomUUID()
    pending.set(id, { request, relayState: fields['RelayState'] ?? '' })
    res.send(
      choicePage({
        pending: id,
        level: request.level,
        persons: running.persons,
        serviceProvider: request.from.entityId,
      }),
    )
  })

  app.post('/answer', (req, res) => {
    const fields = fieldsOf(req)
    const waiting = pending.get(fields['pending'] ?? '')
    if (!waiting) throw new Error('Richiesta scaduta')
    pending.delete(fields['pending'] ?? '')
    const response = answerTo(waiting.request, fields, running)
    res.send(
      postPage(waiting.request.recipient, {
        SAMLResponse: Buffer.from(response).toString('base64'),
        RelayState: waiting.relayState,
      }),
    )
  })

  app.all('/slo', async (req, res) => {
    const fields = fieldsOf(req)
    // The answer to a logout that began here ends here.
    if (fields['SAMLResponse'] !== undefined) return void res.send(errorPage('Uscita completata'))
    const { root, from } = readMessage(messageOf(req, 'SAMLRequest'), await knownServiceProviders(running))
    res.redirect(
      303,
      signedRedirect(from.slo, logoutResponse(root.getAttribute('ID') ?? '', from, running.baseUrl), running.signer),
    )
  })

  app.use(
    (error: Error, _req: Request, res: Response, _next: unknown) => void res.status(403).send(errorPage(error.message)),
  )
}

function answerTo(
  request: AuthnRequest,
  fields: Record<string, string>,
  { persons, baseUrl, signer }: Running,
): string {
  const person = persons.find(({ id }) => id === fields['person'])
  const level = Number(fields['level'] ?? request.level)
  const facts = factsFor(request, { issuer: baseUrl, level, attributes: person?.attributes ?? {}, now: new Date() })
  const anomaly = ANOMALIES.find(({ number }) => String(number) === fields['anomaly'])
  if (anomaly) return anomalyResponse(facts, anomaly, signer)
  if (!person) throw new Error('Scegli una persona')
  return successResponse(facts, signer)
}

type Answer = Readonly<{ issuer: string; level: number; attributes: Readonly<Record<string, string>>; now: Date }>

/** Facts of a correct answer to a request. Only level 1 opens a session at the provider, so only it has a SessionIndex. */
export function factsFor(
  request: Pick<AuthnRequest, 'id' | 'recipient' | 'from'>,
  { issuer, level, attributes, now }: Answer,
): ResponseFacts {
  const instant = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    responseId: `_${randomUUID()}`,
    assertionId: `_${randomUUID()}`,
    requestId: request.id,
    issueInstant: instant(now),
    notBefore: instant(now),
    notOnOrAfter: instant(new Date(now.getTime() + VALID_MS)),
    recipient: request.recipient,
    issuer,
    audience: request.from.entityId,
    nameId: `_${randomUUID()}`,
    level: `https://www.spid.gov.it/SpidL${level}`,
    ...(level === 1 ? { sessionIndex: `_${randomUUID()}` } : {}),
    attributes,
  }
}

function logoutResponse(
  inResponseTo: string,
  from: KnownServiceProvider,
  issuer: string,
): { name: 'SAMLResponse'; document: string } {
  const document = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" InResponseTo="${escapeText(inResponseTo)}" Destination="${escapeText(from.slo)}"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" NameQualifier="${escapeText(issuer)}">${escapeText(issuer)}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`
  return { name: 'SAMLResponse', document }
}

/** An address with a message of the HTTP-Redirect binding, signed. */
export function signedRedirect(
  address: string,
  { name, document }: { name: string; document: string },
  { privateKey }: Signer,
): string {
  const query = `${name}=${encodeURIComponent(deflateRawSync(document).toString('base64'))}&SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`
  return `${address}?${query}&Signature=${encodeURIComponent(sign('sha256', Buffer.from(query), privateKey).toString('base64'))}`
}

async function knownServiceProviders({ serviceProviders }: Running): Promise<KnownServiceProvider[]> {
  return Promise.all(serviceProviders.map(async (address) => readServiceProvider(await (await fetch(address)).text())))
}

function messageOf(req: Request, kind: 'SAMLRequest') {
  const value = fieldsOf(req)[kind] ?? ''
  return req.method === 'GET' ? { kind, value, query: req.originalUrl.split('?')[1] ?? '' } : { kind, value }
}

const fieldsOf = (req: Request): Record<string, string> =>
  (req.method === 'GET' ? req.query : (req.body ?? {})) as Record<string, string>
