import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Claims = Record<string, unknown>

/** How one answer of the directory differs from the right one. */
export type Spoilt = Readonly<{
  claims?: Claims
  header?: Record<string, unknown>
  /** Signs in place of the directory's own key; null leaves the signature out. */
  key?: KeyObject | null
  noToken?: boolean
  /** Of the token endpoint; null hangs up. */
  tokenStatus?: number | null
}>

export type HostileDirectory = Awaited<ReturnType<typeof startHostileDirectory>>

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A directory whose token endpoint answers as a test wants: what no proper provider can be brought to say. The nonce is
 * the one of the authorization request that the test has read (`expect`).
 */
export async function startHostileDirectory(clientId: string, person: Claims) {
  let answer: Spoilt = {}
  let nonce = ''
  const codes: string[] = []
  const server: Server = createServer((req, res) => void respond(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '/', issuer)
    let body = ''
    for await (const chunk of req) body += String(chunk)
    if (pathname === '/token') codes.push(new URLSearchParams(body).get('code') ?? '')
    const { tokenStatus = 200 } = pathname === '/token' ? answer : {}
    if (tokenStatus === null) {
      req.socket.destroy()
      return
    }
    const document = pathname === '/token' ? tokens() : pathname === '/keys' ? keys() : metadata()
    res.writeHead(tokenStatus, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  }

  const metadata = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
    authorization_response_iss_parameter_supported: true,
  })

  const keys = () => {
    const { n, e } = privateKey.export({ format: 'jwk' })
    return { keys: [{ kty: 'RSA', n, e, kid: 'k1', alg: 'RS256', use: 'sig' }] }
  }

  const tokens = () => ({
    access_token: 'access',
    token_type: 'Bearer',
    ...(answer.noToken ? {} : { id_token: idToken() }),
  })

  function idToken(): string {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, exp: now + 60, auth_time: now }
    const claims = { iss: issuer, sub: 'x', aud: clientId, nonce, ...times, amr: ['mfa'], ...person, ...answer.claims }
    const signed = `${base64({ alg: 'RS256', kid: 'k1', ...answer.header })}.${base64(claims)}`
    const key = answer.key === undefined ? privateKey : answer.key
    return `${signed}.${key ? sign('sha256', Buffer.from(signed), key).toString('base64url') : ''}`
  }

  return {
    issuer,
    /** Codes that were presented at the token endpoint. */
    codes,
    expect(spoilt: Spoilt, authorizationRequest: string): void {
      answer = spoilt
      nonce = new URL(authorizationRequest).searchParams.get('nonce') ?? ''
    },
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
