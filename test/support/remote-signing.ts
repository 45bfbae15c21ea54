import { p256 } from '@noble/curves/nist.js'
import { constants, createHash, privateEncrypt, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A remote signing service as the Cloud Signature Consortium describes it (API v2.0.0.2), over TLS, with its own keys. It binds each
 * authorisation to the hashes it was asked for, to one use and to a minute, as SCAL2 of EN 419 241-1 wants it.
 */

export type Credential = Readonly<{
  id: string
  key: KeyObject
  /** DER: the signer's certificate, then its issuers. */
  certificates: readonly Uint8Array[]
  /** Without a PIN the credential needs no authorisation of its own (a seal). */
  pin?: string
  /** It also wants a one-time code, which is sent to its owner's telephone. */
  otp?: boolean
}>

export type RemoteSigningSettings = Readonly<{
  tls: Readonly<{ key: string; cert: string }>
  clientId: string
  clientSecret: string
  credentials: readonly Credential[]
  /** How the customer logs in: OAuth 2.0 client credentials, or HTTP Basic. */
  login?: 'oauth2client' | 'basic'
  port?: number
}>

export type RemoteSigning = Awaited<ReturnType<typeof startRemoteSigning>>

type Body = Readonly<Record<string, unknown>>
type Authorised = { credential: string; hashes: string; until: number }

const SHA256 = '2.16.840.1.101.3.4.2.1'
const ALGORITHMS = { rsa: ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11'], ec: ['1.2.840.10045.4.3.2'] } as const
const MOST_TRIES = 3
const MINUTE = 60_000

class Refused extends Error {
  readonly status: number
  constructor(code: string, status = 400) {
    super(code)
    this.status = status
  }
}

/** Starts the service; `faults` lets a test break it for a while, `calls` tells what was asked of it. */
export async function startRemoteSigning(settings: RemoteSigningSettings) {
  const { tls, clientId, clientSecret, credentials, login = 'oauth2client', port = 0 } = settings
  const tokens = new Set<string>()
  const authorised = new Map<string, Authorised>()
  const wrongPins = new Map<string, number>()
  const calls: string[] = []
  const faults = { answer: undefined as ((path: string) => 'hang' | 'error' | 'nonsense' | undefined) | undefined }

  const newToken = (): Body => {
    const token = randomBytes(24).toString('base64url')
    tokens.add(token)
    return { access_token: token, token_type: 'Bearer', expires_in: 3600 }
  }
  const credentialOf = ({ credentialID }: Body): Credential => {
    const found = credentials.find(({ id }) => id === credentialID)
    if (!found) throw new Refused('invalid_request')
    return found
  }

  function checkPin({ id, pin }: Credential, { authData }: Body): void {
    if (pin === undefined) return
    if ((wrongPins.get(id) ?? 0) >= MOST_TRIES) throw new Refused('pin_locked')
    const given = (Array.isArray(authData) ? (authData as Body[]) : []).find((one) => one['id'] === 'PIN')
    if (typeof given?.['value'] === 'string' && same(given['value'], pin)) {
      wrongPins.delete(id)
      return
    }
    wrongPins.set(id, (wrongPins.get(id) ?? 0) + 1)
    throw new Refused('invalid_pin')
  }

  const METHODS: Record<string, (body: Body) => Body> = {
    'credentials/list': () => ({ credentialIDs: credentials.map(({ id }) => id) }),
    'credentials/info': (body) => describe(credentialOf(body)),
    'credentials/authorize': (body) => {
      const credential = credentialOf(body)
      checkPin(credential, body)
      const SAD = randomBytes(24).toString('base64url')
      const hashes = hashesOf(body)
      if (body['numSignatures'] !== (JSON.parse(hashes) as string[]).length) throw new Refused('invalid_request')
      authorised.set(SAD, { credential: credential.id, hashes, until: Date.now() + MINUTE })
      return { SAD, expiresIn: MINUTE / 1000 }
    },
    'signatures/signHash': (body) => {
      const credential = credentialOf(body)
      const SAD = String(body['SAD'])
      const permit = authorised.get(SAD)
      authorised.delete(SAD)
      const fits = permit?.credential === credential.id && permit.hashes === hashesOf(body) && permit.until > Date.now()
      if (!fits) throw new Refused('invalid_sad')
      if (!algorithmsOf(credential).includes(String(body['signAlgo']))) throw new Refused('invalid_request')
      const hashes = (body['hashes'] as string[]).map((hash) => Buffer.from(hash, 'base64'))
      return { signatures: hashes.map((hash) => signHash(hash, credential.key).toString('base64')) }
    },
  }

  function oauth(form: URLSearchParams): Body {
    const known = form.get('client_id') === clientId && same(form.get('client_secret') ?? '', clientSecret)
    if (!known || form.get('grant_type') !== 'client_credentials') throw new Refused('invalid_client', 401)
    return newToken()
  }

  function basicLogin(authorization: string): Body {
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    if (login !== 'basic' || !same(authorization, basic)) throw new Refused('authentication_error', 401)
    return newToken()
  }

  function answer(path: string, text: string, authorization: string): Body {
    if (path === 'oauth2/token') return oauth(new URLSearchParams(text))
    if (path === 'auth/login') return basicLogin(authorization)
    if (path === 'info')
      return { specs: '2.0.0.2', name: 'Firma remota di prova', lang: 'it-IT', oauth2: service, authType: [login] }
    if (!tokens.has(authorization.replace(/^Bearer /, ''))) throw new Refused('invalid_token', 401)
    const method = METHODS[path]
    if (!method) throw new Refused('invalid_request', 404)
    return method(JSON.parse(text) as Body)
  }

  const server: Server = createServer(tls, (request, response) => {
    const path = (request.url ?? '').replace(/^\/csc\/v2\//, '')
    calls.push(path)
    const fault = faults.answer?.(path)
    if (fault === 'hang') return
    const send = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }
    if (fault === 'error') return send(500, '{"error":"server_error"}')
    if (fault === 'nonsense') return send(200, '<html>')
    void textOf(request).then((text) => {
      try {
        send(200, JSON.stringify(answer(path, text, request.headers.authorization ?? '')))
      } catch (error) {
        const refused = error instanceof Refused
        send(refused ? error.status : 400, JSON.stringify({ error: refused ? error.message : 'invalid_request' }))
      }
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const service = `https://127.0.0.1:${(server.address() as AddressInfo).port}/csc/v2`
  return {
    service,
    calls,
    faults,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const algorithmsOf = ({ key }: Credential): readonly string[] =>
  ALGORITHMS[key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa']

/** credentials/info, §11.5. */
function describe(credential: Credential): Body {
  const objects = [
    { type: 'Password', id: 'PIN', format: 'N', label: 'PIN' },
    ...(credential.otp ? [{ type: 'Password', id: 'OTP', format: 'N', label: 'OTP', generator: 'totp' }] : []),
  ]
  return {
    key: { status: 'enabled', algo: algorithmsOf(credential), len: 2048 },
    cert: {
      status: 'valid',
      certificates: credential.certificates.map((der) => Buffer.from(der).toString('base64')),
    },
    auth:
      credential.pin === undefined
        ? { mode: 'implicit' }
        : { mode: 'explicit', expression: objects.map(({ id }) => id).join(' AND '), objects },
    SCAL: '2',
    multisign: 1,
  }
}

function hashesOf({ hashes, hashAlgorithmOID }: Body): string {
  const list = Array.isArray(hashes) ? (hashes as string[]) : []
  const sound = list.length > 0 && list.every((hash) => Buffer.from(hash, 'base64').length === 32)
  if (!sound || hashAlgorithmOID !== SHA256) throw new Refused('invalid_request')
  return JSON.stringify(list)
}

/** A signature over a hash that was made elsewhere, which `node:crypto` has no function for. */
function signHash(hash: Buffer, key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ec') {
    const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
    return Buffer.from(p256.sign(hash, secret, { prehash: false, format: 'der' }))
  }
  const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), hash])
  return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info)
}

const same = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
