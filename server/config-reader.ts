import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

/** A private key and its certificate (followed by its chain, if any), both as PEM text. */
export type KeyPair = Readonly<{ key: string; certificate: string }>

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
  function url(name: Name, protocols: readonly string[]): string {
    const found = text(name)
    const fits = URL.canParse(found) && protocols.includes(new URL(found).protocol)
    if (found !== '' && !fits)
      problems.push(`${name} non è un indirizzo che comincia con ${protocols.map((p) => `${p}//`).join(' o ')}.`)
    return found
  }

  function secret(name: Name, encoding: 'base64' | 'utf8'): Buffer {
    const bytes = Buffer.from(text(name), encoding)
    if (encoding === 'base64' && bytes.length > 0 && bytes.length !== 32)
      problems.push(`${name} non è di 32 byte in base64.`)
    if (encoding === 'utf8' && bytes.length > 0 && bytes.length < 32)
      problems.push(`${name} è più corto di 32 caratteri.`)
    return bytes
  }

  return { text, oneOf, wholeNumber, url, secret }
}

/** Decoders of the values that name a file or a folder: what is there is opened and looked at. */
export function fileReader<Name extends string>({
  text,
  problems,
}: {
  text: (name: Name) => string
  problems: Problems
}) {
  function file(name: Name): string {
    const path = text(name)
    const content = path === '' ? '' : attempt(() => readFileSync(path, 'utf8'))
    if (content === undefined) problems.push(`${name}: non riesco a leggere il file «${path}».`)
    return content ?? ''
  }

  function keyPair(keyName: Name, certificateName: Name): KeyPair {
    const [key, certificate] = [file(keyName), file(certificateName)]
    if (key === '' || certificate === '') return { key, certificate }
    const privateKey = attempt(() => createPrivateKey(key))
    const x509 = attempt(() => new X509Certificate(certificate))
    if (!privateKey) problems.push(`${keyName}: il file non contiene una chiave privata PEM senza password.`)
    if (!x509) problems.push(`${certificateName}: il file non contiene un certificato PEM.`)
    if (privateKey && x509 && !x509.checkPrivateKey(privateKey)) {
      problems.push(`${keyName} e ${certificateName} non vanno insieme: la chiave è di un altro certificato.`)
    }
    return { key, certificate }
  }

  function folder(name: Name, wanted: RegExp): string {
    const path = text(name)
    const names = path === '' ? [] : attempt(() => readdirSync(path))
    if (!names) problems.push(`${name}: non riesco a leggere la cartella «${path}».`)
    if (path !== '' && names && !names.some((entry) => wanted.test(entry))) {
      problems.push(`${name}: nella cartella «${path}» non c'è nessun file adatto.`)
    }
    return path
  }

  return { keyPair, folder }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
