import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { KeyFailure, type KeyProblem } from './key-failure.ts'
import type { CscSource } from './key-source.ts'

/**
 * Calls of a remote signing service (Cloud Signature Consortium, API v2.0.0.2). Every call is a POST of JSON over TLS; one that
 * fails rejects with KeyFailure.
 */
export type CscClient = Readonly<{
  call: (method: string, input: Record<string, unknown>) => Promise<Answer>
}>

export type Answer = Readonly<Record<string, unknown>>

/** Milliseconds for one call, and bytes of its answer. */
const TIMEOUT = 10_000
const MAX_BYTES = 1 << 20

/** Asks the service what it is (§11.1), logs in as its customer (§8.3, §11.2) and gives its calls, for one operation. */
export async function cscClient(source: CscSource): Promise<CscClient> {
  const authority = source.authority === undefined ? undefined : readFileSync(source.authority)
  const secret = readFileSync(source.clientSecretFile, 'utf8').trim()
  const post = (url: string, body: Body) => send(url, { ...body, authority })

  const info = await post(`${source.service}/info`, { json: {} })
  const types = texts(info['authType'])
  const token = types.includes('oauth2client') ? await byOauth(info) : await byPassword(types)

  /** RFC 6749 §4.4: the service knows us, not a person. */
  async function byOauth({ oauth2 }: Answer): Promise<string> {
    if (typeof oauth2 !== 'string') throw new KeyFailure('unavailable', 'The service names no OAuth address')
    const form = { grant_type: 'client_credentials', client_id: source.clientId, client_secret: secret }
    return textOf(await post(`${oauth2.replace(/\/$/, '')}/oauth2/token`, { form }), 'access_token')
  }

  async function byPassword(supported: readonly string[]): Promise<string> {
    if (!supported.includes('basic')) throw new KeyFailure('unavailable', 'No way to log in at the service')
    const basic = `Basic ${Buffer.from(`${source.clientId}:${secret}`).toString('base64')}`
    return textOf(await post(`${source.service}/auth/login`, { json: {}, authorization: basic }), 'access_token')
  }

  return {
    call: (method, input) => post(`${source.service}/${method}`, { json: input, authorization: `Bearer ${token}` }),
  }
}

type Body = Readonly<{ json?: object; form?: Record<string, string>; authorization?: string }>

async function send(url: string, { json, form, authorization, authority }: Body & { authority: Buffer | undefined }) {
  const body = form ? new URLSearchParams(form).toString() : JSON.stringify(json)
  const headers = {
    'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(authorization === undefined ? {} : { authorization }),
  }
  try {
    return await exchange(new URL(url), { body, headers, authority })
  } catch (error) {
    if (error instanceof KeyFailure) throw error
    throw new KeyFailure('unavailable', 'The signing service does not answer', error)
  }
}

type Exchange = Readonly<{ body: string; headers: Record<string, string | number>; authority: Buffer | undefined }>

function exchange(url: URL, { body, headers, authority }: Exchange): Promise<Answer> {
  // The PIN goes there: never in the clear, whatever address the service names.
  if (url.protocol !== 'https:') throw new KeyFailure('unavailable', 'The signing service is asked over TLS only')
  return new Promise((resolve, reject) => {
    const trust = authority === undefined ? {} : { ca: authority }
    const signal = AbortSignal.timeout(TIMEOUT)
    const pending = request(url, { method: 'POST', headers, signal, agent: false, ...trust }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > MAX_BYTES) response.destroy(new Error('The answer is too large'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        const answer = parsed(Buffer.concat(chunks).toString('utf8'))
        if (response.statusCode === 200 && answer) resolve(answer)
        // Done, with nothing to say.
        else if (response.statusCode === 204) resolve({})
        else reject(refusal(response.statusCode ?? 0, answer))
      })
    })
    pending.on('error', reject)
    pending.end(body)
  })
}

function parsed(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Answer) : undefined
  } catch {
    return undefined
  }
}

/** Error codes that are the person's business: those of version 1, and the one of version 2 for whatever is wrong (§11.6). */
const PROBLEMS: Readonly<Record<string, KeyProblem>> = {
  invalid_pin: 'pin-wrong',
  invalid_otp: 'pin-wrong',
  invalid_authentication_data: 'pin-wrong',
  pin_locked: 'pin-locked',
}

/** Version 2 has no code for it (§11.6). */
const LOCKED = 'Credential locked'

/** Only the code goes into the log: descriptions may repeat what was sent. */
function refusal(status: number, answer: Answer | undefined): KeyFailure {
  const code = typeof answer?.['error'] === 'string' ? answer['error'] : ''
  const isLocked = code === 'invalid_request' && answer?.['error_description'] === LOCKED
  const known = /^\w{1,40}$/.test(code) ? code : 'without a code'
  return new KeyFailure(
    isLocked ? 'pin-locked' : (PROBLEMS[code] ?? 'unavailable'),
    `The signing service answered ${status} ${known}`,
  )
}

/** A text that an answer must have. */
export function textOf(answer: Answer, name: string): string {
  const value = answer[name]
  if (typeof value === 'string' && value !== '') return value
  throw new KeyFailure('unavailable', `The signing service’s answer has no ${name}`)
}

/** A list of texts; anything else is none. */
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []

/** An object inside an answer; empty when there is none. */
export const part = (answer: Answer, name: string): Answer => {
  const value = answer[name]
  return typeof value === 'object' && value !== null ? (value as Answer) : {}
}
