import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export type FetchOptions = Readonly<{
  /** Sends this as a POST. */
  body?: Buffer
  contentType?: string
  /** Hosts that may be asked although their address is private, e.g. a proxy of the administration. */
  privateHosts?: readonly string[]
  /** Milliseconds. */
  timeout?: number
  maxBytes?: number
}>

const TIMEOUT = 5_000
const MAX_BYTES = 10 << 20

/**
 * Addresses named in certificates come from outside: those of our own network must never be asked for them (SSRF,
 * signatures-and-pdf.md §9). Checked at connection, so that a name cannot change between check and use.
 */
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, prefix)
// With those that hold an IPv4 address, which a router of ours may take out again: compatible, NAT64, Teredo, 6to4.
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fec0::', 10],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6')

const isPrivate = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return PRIVATE.check(mapped ?? address, isIP(mapped ?? address) === 6 ? 'ipv6' : 'ipv4')
}

/** Body of a web address, by GET or POST; no redirects, limits of time and size. Rejects on anything but 200. */
export async function fetchBytes(address: string, options: FetchOptions = {}): Promise<Buffer> {
  const url = new URL(address)
  const request = { 'http:': httpRequest, 'https:': httpsRequest }[url.protocol]
  if (!request) throw new Error('Only http and https are asked')
  const { body, maxBytes = MAX_BYTES } = options
  const settings = requestOptions(url, options)
  return new Promise((resolve, reject) => {
    const pending = request(url, settings, (response) => void collect(response, maxBytes).then(resolve, reject))
    pending.on('error', reject)
    pending.end(body)
  })
}

function requestOptions(
  url: URL,
  { body, contentType = 'application/octet-stream', privateHosts = [], timeout = TIMEOUT }: FetchOptions,
): RequestOptions {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const mayBePrivate = privateHosts.includes(host)
  // Written as a number, an address is not looked up and would pass unseen.
  if (!mayBePrivate && isIP(host) !== 0 && isPrivate(host)) throw new Error('The address is private')
  return {
    method: body ? 'POST' : 'GET',
    signal: AbortSignal.timeout(timeout),
    agent: false,
    ...(mayBePrivate ? {} : { lookup: publicLookup }),
    headers: body ? { 'content-type': contentType, 'content-length': body.length } : {},
  }
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) {
      callback(error, '', 0)
      return
    }
    const allowed = found.filter(({ address }) => !isPrivate(address))
    const [first] = allowed
    if (!first) callback(new Error('The address is private'), '', 0)
    else if (options.all) callback(null, allowed)
    else callback(null, first.address, first.family)
  })
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (response.statusCode !== 200) {
    response.resume()
    throw new Error(`Answer ${response.statusCode ?? 0}`)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new Error('The answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
