import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'

/** Where a key lives, as its folder says: in `key.json`, else in `key.pem`. Paths are absolute. */
export type KeySource = FileSource | Pkcs11Source | CscSource

type FileSource = Readonly<{ kind: 'file' }>

/** A device behind the library of its maker: smart card, USB token, HSM. */
export type Pkcs11Source = Readonly<{
  kind: 'pkcs11'
  /** Path of the library. */
  module: string
  /** Label of the token, or number of its slot. */
  token: string | number
  key: Readonly<{ label?: string | undefined; id?: string | undefined }>
  pinFile?: string | undefined
}>

/** A remote service of the Cloud Signature Consortium, API v2. */
export type CscSource = Readonly<{
  kind: 'csc'
  /** Address up to the version: `https://…/csc/v2`. */
  service: string
  clientId: string
  clientSecretFile: string
  /** Identifier of the credential; may be left out where the service has one for us. */
  credential?: string | undefined
  /** Certificates (PEM) that vouch for the service's address, if public authorities do not. */
  authority?: string | undefined
  pinFile?: string | undefined
}>

/** Reads a key's folder. Throws an Error whose message is an Italian sentence for who administers the installation. */
export function readKeySource(folder: string): KeySource {
  const file = join(folder, 'key.json')
  if (!existsSync(file)) return { kind: 'file' }
  const source = sourceOf(parsed(file), folder)
  const files = [
    ...(source.kind === 'pkcs11' ? [source.module] : [source.clientSecretFile, source.authority]),
    source.pinFile,
  ]
  const missing = files.find((path) => path !== undefined && !existsSync(path))
  if (missing !== undefined) throw new Error(`«${file}» indica «${missing}», che non c’è.`)
  return source
}

function parsed(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  } catch {
    throw new Error(`«${file}» non è un file JSON.`)
  }
}

function sourceOf(values: Record<string, unknown>, folder: string): Pkcs11Source | CscSource {
  const text = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const needed = (name: string): string => {
    const value = text(name)
    if (value === undefined) throw new Error(`In «${join(folder, 'key.json')}» manca «${name}».`)
    return value
  }
  const path = (value: string): string => (isAbsolute(value) ? value : join(folder, value))
  const optionalPath = (name: string): string | undefined => {
    const value = text(name)
    return value === undefined ? undefined : path(value)
  }
  const pinFile = optionalPath('pinFile')
  if (values['kind'] === 'pkcs11') {
    const slot = values['slot']
    const token = typeof slot === 'number' ? slot : needed('token')
    const key = { label: text('keyId') === undefined ? needed('key') : text('key'), id: text('keyId') }
    return { kind: 'pkcs11', module: path(needed('module')), token, key, pinFile }
  }
  if (values['kind'] !== 'csc') throw new Error(`In «${join(folder, 'key.json')}» «kind» deve essere pkcs11 o csc.`)
  const service = needed('service').replace(/\/$/, '')
  // The PIN and the hashes travel there.
  if (!service.startsWith('https://')) throw new Error(`In «${join(folder, 'key.json')}» «service» non è https.`)
  return {
    kind: 'csc',
    service,
    clientId: needed('clientId'),
    clientSecretFile: path(needed('clientSecretFile')),
    credential: text('credential'),
    authority: optionalPath('authority'),
    pinFile,
  }
}
