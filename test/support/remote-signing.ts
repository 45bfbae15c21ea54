import { p256 } from '@noble/curves/nist.js'
import {
  constants,
  createHash,
  privateEncrypt,
  randomBytes,
  randomInt,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
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
  /** It also wants a one-time code, which is sent to its owner's telephone; `approval` is given in an application of the service's. */
  otp?: 'sent' | 'approval'
  /** How many signatures one authorisation is for at most. */
  multisign?: number
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
/** `left`: signatures that it is still for; `hashes` are null once they were signed. */
type Authorised = { credential: string; hashes: string | null; left: number; until: number }

const SHA256 = '2.16.840.1.101.3.4.2.1'
const ALGORITHMS = { rsa: ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.11'], ec: ['1.2.840.10045.4.3.2'] } as const
const MOST_TRIES = 3
const MINUTE = 60_000

class Refused extends Error {
  readonly status: number
  readonly description: string | undefined
  constructor(code: string, status = 400, description?: string) {
    super(code)
    this.status = status
    this.description = description
  }
}

/** Starts the service; `faults` lets a test break it for a while, `calls` tells what was asked of it. */
export async function startRemoteSigning(settings: RemoteSigningSettings) {
  const { tls, clientId, clientSecret, login = 'oauth2client', port = 0 } = settings
  const credentials = [...settings.credentials]
  const tokens = new Set<string>()
  const authorised = new Map<string, Authorised>()
  const wrongPins = new Map<string, number>()
  const codes = new Map<string, { code: string; until: number }>()
  const calls: string[] = []
  /** Milliseconds by which its clock is ahead, so that a test need not wait. */
  const time = { ahead: 0 }
  const clock = (): number => Date.now() + time.ahead
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

  /** Version 2 has one answer for a wrong PIN and a wrong code (§11.6). */
  function checkFactors(credential: Credential, body: Body): void {
    const { id, pin } = credential
    if (pin === undefined) return
    if ((wrongPins.get(id) ?? 0) >= MOST_TRIES) throw new Refused('invalid_request', 400, 'Credential locked')
    if (same(factorIn(body, 'PIN'), pin) && isCode(credential, factorIn(body, 'OTP'))) {
      wrongPins.delete(id)
      return
    }
    wrongPins.set(id, (wrongPins.get(id) ?? 0) + 1)
    throw new Refused('invalid_authentication_data')
  }

  /** A code is tried once. */
  function isCode({ id, otp }: Credential, given: string): boolean {
    const sent = codes.get(id)
    codes.delete(id)
    return otp === undefined || (sent !== undefined && sent.until > clock() && same(given, sent.code))
  }

  /** A new SAD for these hashes, to be used once. */
  function permit(credential: Credential, hashes: string, left: number): Body {
    const SAD = randomBytes(24).toString('base64url')
    authorised.set(SAD, { credential: credential.id, hashes, left, until: clock() + MINUTE })
    return { SAD, expiresIn: MINUTE / 1000 }
  }

  function permitted(credential: Credential, { SAD }: Body): Authorised {
    const found = authorised.get(String(SAD))
    if (found?.credential !== credential.id || found.until <= clock()) throw new Refused('invalid_sad')
    return found
  }

  const METHODS: Record<string, (body: Body) => Body | null> = {
    'credentials/list': () => ({ credentialIDs: credentials.map(({ id }) => id) }),
    'credentials/info': (body) => describe(credentialOf(body)),
    'credentials/getChallenge': (body) => {
      const { id, otp } = credentialOf(body)
      if (otp !== 'sent' || body['authObjectID'] !== 'OTP') throw new Refused('invalid_request')
      codes.set(id, { code: String(randomInt(1_000_000)).padStart(6, '0'), until: clock() + MINUTE })
      return null
    },
    'credentials/authorize': (body) => {
      const credential = credentialOf(body)
      const hashes = hashesOf(body)
      const signatures = Number(body['numSignatures'])
      const few = (JSON.parse(hashes) as string[]).length
      if (!Number.isInteger(signatures) || signatures < few || signatures > (credential.multisign ?? 1))
        throw new Refused('invalid_request')
      checkFactors(credential, body)
      return permit(credential, hashes, signatures)
    },
    'credentials/extendTransaction': (body) => {
      const credential = credentialOf(body)
      const { left, hashes } = permitted(credential, body)
      authorised.delete(String(body['SAD']))
      if (hashes !== null || left < 1) throw new Refused('invalid_sad')
      return permit(credential, hashesOf(body), left)
    },
    'signatures/signHash': (body) => {
      const credential = credentialOf(body)
      const found = permitted(credential, body)
      if (found.hashes !== hashesOf(body)) throw new Refused('invalid_sad')
      found.left -= (JSON.parse(found.hashes) as string[]).length
      found.hashes = null
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

  function answer(path: string, text: string, authorization: string): Body | null {
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
        const body = answer(path, text, request.headers.authorization ?? '')
        if (body) send(200, JSON.stringify(body))
        else response.writeHead(204).end()
      } catch (error) {
        if (!(error instanceof Refused)) return send(400, '{"error":"invalid_request"}')
        send(error.status, JSON.stringify({ error: error.message, error_description: error.description }))
      }
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const service = `https://127.0.0.1:${(server.address() as AddressInfo).port}/csc/v2`
  return {
    service,
    calls,
    faults,
    time,
    /** Those of the service, which a test may change for another. */
    credentials,
    /** What is on the telephone of a credential's owner. */
    codeOf: (id: string) => codes.get(id)?.code ?? null,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const algorithmsOf = ({ key }: Credential): readonly string[] =>
  ALGORITHMS[key.asymmetricKeyType === 'ec' ? 'ec' : 'rsa']

const CODE_TYPES = { sent: 'ChallengeResponse', approval: 'ChallengeResponseOOB' } as const

/** credentials/info, §11.5. */
function describe(credential: Credential): Body {
  const objects = [
    { type: 'Password', id: 'PIN', format: 'N', label: 'PIN' },
    ...(credential.otp ? [{ type: CODE_TYPES[credential.otp], id: 'OTP', format: 'N', label: 'OTP' }] : []),
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
    multisign: credential.multisign ?? 1,
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

/** What was given for one of the things that a credential asks for. */
function factorIn({ authData }: Body, id: string): string {
  const given = (Array.isArray(authData) ? (authData as Body[]) : []).find((one) => one['id'] === id)?.['value']
  return typeof given === 'string' ? given : ''
}

const same = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest())

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
