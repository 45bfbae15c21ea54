import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
// Not through the room's index: whoever reads the configuration at start would wait for all of its modules.
import { readKeySource } from './keys/key-source.ts'

type Problems = string[]

/**
 * Decoders of the values that are written in the variable itself, one a kind of value. Each adds an Italian sentence to
 * `problems` when the value does not fit and goes on with an empty one, so that all problems are told together.
 */
export function textReader<Name extends string>({
  value,
  problems,
}: {
  value: (name: Name) => string
  problems: Problems
}) {
  function text(name: Name): string {
    const found = value(name)
    if (found === '') problems.push(`${name} manca.`)
    return found
  }

  function oneOf(name: Name, allowed: readonly string[]): string {
    const found = text(name)
    if (found !== '' && !allowed.includes(found))
      problems.push(`${name}: «${found}» non è ammesso; si può scrivere ${allowed.join(', ')}.`)
    return found
  }

  function wholeNumber(name: Name, max: number): number {
    const found = text(name)
    if (/^\d{1,5}$/.test(found) && Number(found) <= max) return Number(found)
    problems.push(`${name}: «${found}» non è un numero da 0 a ${max}.`)
    return 0
  }

  /** The value is not repeated in the message: an address may carry a password. */
  function url(name: Name, protocols: readonly string[], { addressIn = (found: string) => found } = {}): string {
    const found = text(name)
    const address = addressIn(found)
    const fits = URL.canParse(address) && protocols.includes(new URL(address).protocol)
    if (found !== '' && !fits)
      problems.push(`${name} non è un indirizzo che comincia con ${protocols.map((p) => `${p}//`).join(' o ')}.`)
    return found
  }

  /** A replica set is named `host:port,host:port`, which is no URL: it is checked as one with its first member. */
  const databaseUrl = (name: Name): string =>
    url(name, ['mongodb:', 'mongodb+srv:'], { addressIn: (found) => found.replace(/,[^/?@]*(?=[/?]|$)/, '') })

  /** Protocol, host and port. Cookies and SAML endpoints are at the root of a host: a path would be lost. */
  function origin(name: Name): string {
    const found = url(name, ['http:', 'https:'])
    if (!URL.canParse(found)) return ''
    const { pathname, origin: root } = new URL(found)
    if (pathname !== '/') problems.push(`${name}: l'indirizzo deve essere senza percorso, per esempio «${root}».`)
    return root
  }

  function secret(name: Name): string {
    const found = text(name)
    if (found !== '' && found.length < 32) problems.push(`${name} è più corto di 32 caratteri.`)
    return found
  }

  function key(name: Name): Buffer {
    const bytes = Buffer.from(text(name), 'base64')
    if (bytes.length > 0 && bytes.length !== 32) problems.push(`${name} non è di 32 byte in base64.`)
    return bytes
  }

  return { text, oneOf, wholeNumber, url, databaseUrl, origin, secret, key }
}

type FileSettings<Name> = { value: (name: Name) => string; text: (name: Name) => string; problems: Problems }

/** Decoders of the values that name a file or a folder: what is there is opened and looked at. */
export function fileReader<Name extends string>({ value, text, problems }: FileSettings<Name>) {
  /** A folder that can be read. It may be empty: files are dropped there while the platform runs. */
  function folder(name: Name): string {
    const path = text(name)
    if (path !== '' && !foldersIn(path)) problems.push(`${name}: non riesco a leggere la cartella «${path}».`)
    return path
  }

  /** A folder of folders, each with a private key and the certificate that belongs to it. */
  const keyPairs = (name: Name): string => ownersOf(name, checkPair)

  /** The same, where a folder may also say in `key.json` that the key lives in a device or with a remote service. */
  const sealKeys = (name: Name): string => ownersOf(name, checkSource)

  function ownersOf(name: Name, check: (name: Name, path: string) => void): string {
    const path = folder(name)
    const owners = path === '' ? undefined : foldersIn(path)
    if (owners?.length === 0) problems.push(`${name}: nella cartella «${path}» non c'è nessuna cartella con le chiavi.`)
    for (const owner of owners ?? []) check(name, join(path, owner))
    return path
  }

  function checkSource(name: Name, path: string): void {
    try {
      const { kind } = readKeySource(path)
      if (kind === 'file') checkPair(name, path)
      if (kind === 'pkcs11') checkCertificate(name, path)
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  function checkCertificate(name: Name, path: string): X509Certificate | undefined {
    const certificate = attempt(() => new X509Certificate(readFileSync(join(path, 'certificate.pem'))))
    if (!certificate) problems.push(`${name}: «${join(path, 'certificate.pem')}» manca o non è un certificato PEM.`)
    return certificate
  }

  function checkPair(name: Name, path: string): void {
    const key = attempt(() => createPrivateKey(readFileSync(join(path, 'key.pem'))))
    const certificate = checkCertificate(name, path)
    if (!key) problems.push(`${name}: «${join(path, 'key.pem')}» manca o non è una chiave privata PEM senza password.`)
    if (key && certificate && !certificate.checkPrivateKey(key)) {
      problems.push(`${name}: in «${path}» la chiave e il certificato non vanno insieme.`)
    }
  }

  /** A folder with a private key and the certificate that belongs to it. */
  function keyPair(name: Name): string {
    const path = text(name)
    if (path !== '') checkPair(name, path)
    return path
  }

  function optionalFile(name: Name): string | undefined {
    const path = value(name)
    if (path === '') return undefined
    const content = attempt(() => readFileSync(path, 'utf8'))
    if (content === undefined) problems.push(`${name}: non riesco a leggere il file «${path}».`)
    return content
  }

  return { keyPairs, keyPair, sealKeys, folder, optionalFile }
}

const foldersIn = (path: string): string[] | undefined =>
  attempt(() => readdirSync(path, { withFileTypes: true }))?.flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  )

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
