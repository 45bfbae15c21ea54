import { isIP } from 'node:net'

export type Cns = Readonly<{
  /** What browsers are sent to, without a final slash. */
  address: string
  /** Folder of the authorities that issue cards. */
  authorities: string
  /** We ask for cards ourselves: on that port, with the key and certificate of that folder. */
  listener?: Readonly<{ port: number; tls: string }>
  /** A proxy asks for them. */
  proxy?: Readonly<{ secret: string; from: readonly string[] }>
}>

/** Their rows of `VARIABLES`. */
export const CNS_VARIABLES = [
  {
    name: 'CNS_ADDRESS',
    meaning:
      'Public https address where people show their card (CNS, TS-CNS): a host or port of its own, because everybody who comes there is asked for a certificate. Empty: no login with a card.',
    fallback: '',
    development: '`https://localhost:PORT`, some ports further',
  },
  {
    name: 'CNS_AUTHORITIES',
    meaning:
      'Folder with the certificates (PEM) of the authorities that issue cards, and their CRLs if they are to be read from files.',
    fallback: '',
    development: 'made in `certs/cns/`',
  },
  {
    name: 'CNS_PORT',
    meaning: 'Port on which the platform itself asks for cards, with TLS. Empty: a proxy in front does.',
    fallback: '',
  },
  {
    name: 'CNS_TLS',
    meaning: 'With `CNS_PORT`: folder with `key.pem` and `certificate.pem` (chain included) of `CNS_ADDRESS`.',
    fallback: '',
    development: 'made in `certs/cns/`',
  },
  {
    name: 'CNS_PROXY_SECRET',
    meaning: 'Without `CNS_PORT`: what the proxy says in `X-CNS-Secret` to be believed, at least 32 characters.',
    fallback: '',
  },
  {
    name: 'CNS_PROXY_FROM',
    meaning: 'Network addresses of that proxy, separated by commas.',
    fallback: '127.0.0.1,::1',
  },
] as const

type Name = 'CNS_ADDRESS' | 'CNS_AUTHORITIES' | 'CNS_PORT' | 'CNS_TLS' | 'CNS_PROXY_SECRET' | 'CNS_PROXY_FROM'
type Read = (name: Name) => string

type Readers = Readonly<{
  value: Read
  origin: Read
  folder: Read
  keyPair: Read
  secret: Read
  text: Read
  wholeNumber: (name: Name, max: number) => number
  problems: string[]
}>

/** How cards are asked for; nothing when no address is set. */
export function readCns(readers: Readers): { cns?: Cns } {
  const { value, origin, folder, problems } = readers
  if (value('CNS_ADDRESS') === '') return {}
  const address = origin('CNS_ADDRESS')
  if (address.startsWith('http:'))
    problems.push('CNS_ADDRESS deve cominciare con https://: la carta si mostra con TLS.')
  const authorities = folder('CNS_AUTHORITIES')
  const asked = value('CNS_PORT') === '' ? { proxy: proxyOf(readers) } : { listener: listenerOf(readers) }
  return { cns: { address, authorities, ...asked } }
}

const listenerOf = ({ wholeNumber, keyPair }: Readers) => ({
  port: wholeNumber('CNS_PORT', 65_535),
  tls: keyPair('CNS_TLS'),
})

function proxyOf({ secret, text, problems }: Readers) {
  const from = text('CNS_PROXY_FROM')
    .split(',')
    .map((address) => address.trim())
  if (from.some((address) => isIP(address) === 0)) problems.push('CNS_PROXY_FROM: non sono tutti indirizzi IP.')
  return { secret: secret('CNS_PROXY_SECRET'), from }
}
