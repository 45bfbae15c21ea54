import { sign, verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from '../errors.ts'
import type { ServiceProviderKeys } from './service-provider.ts'

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'

/** Signature algorithms of a query that we accept, with their hash: no SHA-1. */
const HASHES: ReadonlyMap<string, string> = new Map([
  [RSA_SHA256, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', 'sha384'],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', 'sha512'],
])

/** In a thread of its own: with 3072 bits the operation is a third of a whole login request, and others wait meanwhile. */
const signBeside = promisify(sign)

/** Signs a query string of the HTTP-Redirect binding (SAML bindings §3.4.4.1) and returns it with its signature. */
export async function signQuery(unsigned: string, { privateKey }: ServiceProviderKeys): Promise<string> {
  const query = `${unsigned}&SigAlg=${encodeURIComponent(RSA_SHA256)}`
  const signature = (await signBeside('sha256', Buffer.from(query), privateKey)).toString('base64')
  return `${query}&Signature=${encodeURIComponent(signature)}`
}

/**
 * The parameters of a raw query string. Read literally, for a signature covers the literal text: with a framework's
 * parser, a parameter of which only the encoded name differs could take the place of the signed one. Throws NOT_ALLOWED
 * when one comes twice.
 */
export function queryFields(query: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const pair of query.split('&')) {
    const [name = '', value = ''] = pair.split('=', 2)
    if (fields.has(name)) throw refused('a query parameter comes twice')
    fields.set(name, value)
  }
  return fields
}

/** The value of a parameter as its sender meant it. */
export const decodeField = (value: string): string => decodeURIComponent(value.replaceAll('+', ' '))

/**
 * Throws NOT_ALLOWED unless the raw query string is signed by one of the keys. node-saml accepts a message
 * without any signature here, so it is not asked. The bytes verified are the sender's own, as they came.
 */
export function checkQuerySignature(query: string, name: string, keys: readonly KeyObject[]): void {
  const fields = queryFields(query)
  const hash = HASHES.get(decodeField(fields.get('SigAlg') ?? ''))
  const signature = Buffer.from(decodeField(fields.get('Signature') ?? ''), 'base64')
  if (hash === undefined) throw refused('no usable signature in the query')
  const covered = [name, 'RelayState', 'SigAlg'].filter((field) => fields.has(field))
  const signed = Buffer.from(covered.map((field) => `${field}=${fields.get(field) ?? ''}`).join('&'))
  if (!keys.some((key) => verify(hash, signed, key, signature))) {
    throw refused('no key of the provider verifies the query')
  }
}

const refused = (reason: string): AppError => new AppError('NOT_ALLOWED', `Query signature refused: ${reason}`)
