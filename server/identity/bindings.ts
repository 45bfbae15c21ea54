import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { AppError } from '../errors.ts'
import type { Binding } from './saml.ts'
import type { ServiceProviderKeys } from './service-provider.ts'
import { signQuery } from './query-signature.ts'
import { signRoot } from './xml-signature.ts'

/**
 * Far above any honest message, which has some ten kilobytes, three hundred tags, fewer namespaces and as many attributes. Anybody may
 * send one, and nested namespaces take the parser time by the square: 380 KB of them held the process for two seconds, the 7,000 that
 * 128 KB can hold for 0.7. So do the attributes of one element: 14,000 held it for 0.8.
 */
const MAX_DOCUMENT = 128 * 1024
const MOST_TAGS = 1_000
const MOST_NAMESPACES = 500
const MOST_ATTRIBUTES = 2_000

/** The form that brings one: base64 is longer by a third, and some of its characters are escaped. */
export const MESSAGE_FORM = { bytes: 2 * MAX_DOCUMENT, fields: 20 } as const

/** What the browser must do to bring a message to the other side. */
export type Sending =
  | Readonly<{ binding: 'redirect'; url: string; document: string }>
  | Readonly<{ binding: 'post'; action: string; fields: Readonly<Record<string, string>>; document: string }>

type Message = Readonly<{
  name: 'SAMLRequest' | 'SAMLResponse'
  /** Unsigned XML. */
  document: string
  destination: string
  binding: Binding
  relayState?: string
}>

/**
 * Signs a message for its binding: in the query for HTTP-Redirect, inside the document for HTTP-POST (which carries it
 * undeflated). For logout messages, where node-saml is of no use: it sends none by HTTP-POST, and its query signature is
 * invalid for some RelayStates of providers, which a logout must send back unchanged (spid-cie.md §12.1).
 */
export async function send(
  { name, document, destination, binding, relayState }: Message,
  keys: ServiceProviderKeys,
): Promise<Sending> {
  if (binding === 'post') {
    const signed = signRoot(document, keys, 'after-issuer')
    const relay: Record<string, string> = relayState === undefined ? {} : { RelayState: relayState }
    return {
      binding,
      action: destination,
      fields: { [name]: Buffer.from(signed).toString('base64'), ...relay },
      document: signed,
    }
  }
  const value = encodeURIComponent(deflateRawSync(document).toString('base64'))
  const relay = relayState === undefined ? '' : `&RelayState=${encodeURIComponent(relayState)}`
  const query = await signQuery(`${name}=${value}${relay}`, keys)
  return { binding, url: `${destination}${destination.includes('?') ? '&' : '?'}${query}`, document }
}

/** The document of a received message: plain for HTTP-POST, deflated for HTTP-Redirect. Throws NOT_ALLOWED when it is not one. */
export function decodeMessage(value: unknown, binding: Binding): string {
  // Without white space first: a pattern that allows it in two places tries half a megabyte of blanks in every division.
  const base64 = typeof value === 'string' ? value.replaceAll(/\s/g, '') : ''
  // Strictly: Buffer.from would skip foreign characters and read something else than other parties do.
  if (!/^[A-Za-z0-9+/]+=*$/.test(base64)) throw new AppError('NOT_ALLOWED', 'Message is not base64')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > MAX_DOCUMENT) throw new AppError('NOT_ALLOWED', 'Message is too long')
  const document = (binding === 'redirect' ? inflated(bytes) : bytes).toString('utf8')
  if (hasMore(document, '<', MOST_TAGS)) throw new AppError('NOT_ALLOWED', 'Message has too many tags')
  if (hasMore(document, 'xmlns', MOST_NAMESPACES)) throw new AppError('NOT_ALLOWED', 'Message has too many namespaces')
  if (hasMore(document, '=', MOST_ATTRIBUTES)) throw new AppError('NOT_ALLOWED', 'Message has too many attributes')
  return document
}

const hasMore = (text: string, part: string, most: number): boolean => text.split(part, most + 2).length > most + 1

function inflated(bytes: Uint8Array): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_DOCUMENT })
  } catch (cause) {
    throw new AppError('NOT_ALLOWED', 'Message cannot be inflated', { cause })
  }
}
