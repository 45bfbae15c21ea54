import {
  bits,
  context,
  contextPrimitive,
  DerError,
  elements,
  fields,
  integerHex,
  readDer,
  readWhole,
  sequence,
  TAG,
  time,
  type Der,
} from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import {
  keyUsage,
  parseExtensions,
  parseName,
  sameName,
  type Certificate,
  type Extension,
  type Name,
} from './certificate.ts'
import { isSignedWith } from './signed-status.ts'

/** A certificate revocation list (RFC 5280 §5). Entries stay bytes until one is looked for: lists of 100 000 are common. */
export type Crl = Readonly<{
  der: Buffer
  tbs: Buffer
  issuer: Name
  thisUpdate: Date
  nextUpdate: Date | null
  entries: Buffer
  extensions: ReadonlyMap<string, Extension>
  signatureAlgorithm: Der
  signature: Buffer
}>

type Entry = Readonly<{ at: Date; reason: number | null }>

/** Throws DerError when the bytes are no CRL. */
export function parseCrl(der: Buffer): Crl {
  const outer = fields(readWhole(der))
  const tbs = outer.next(TAG.sequence)
  const field = fields(tbs)
  field.optional(TAG.integer)
  field.next(TAG.sequence)
  const issuer = parseName(field.next())
  const thisUpdate = time(field.next())
  const next = field.optional(TAG.utcTime) ?? field.optional(TAG.generalizedTime)
  const entries = field.optional(TAG.sequence)
  return {
    der,
    tbs: tbs.raw,
    issuer,
    thisUpdate,
    nextUpdate: next ? time(next) : null,
    entries: entries?.body ?? Buffer.alloc(0),
    extensions: parseExtensions(field.optional(context(0))),
    signatureAlgorithm: outer.next(TAG.sequence),
    signature: bits(outer.next()),
  }
}

/**
 * Whether the list speaks for certificates of `issuer`: issued and signed by it, complete, for all reasons and for `kind`.
 * Indirect, delta and partial lists are not used: none of the Union's signature authorities depends on them alone.
 */
export function coversIssuer(crl: Crl, issuer: Certificate, isAuthority: boolean): boolean {
  if (!sameName(crl.issuer, issuer.subject) || crl.extensions.has(OID.deltaCrl)) return false
  if (!scopeCovers(crl, isAuthority) || hasUnknownCritical(crl)) return false
  if (keyUsage(issuer)?.has('cRLSign') === false) return false
  return isAuthentic(crl, issuer)
}

const hasUnknownCritical = ({ extensions }: Crl): boolean =>
  [...extensions].some(([type, { critical }]) => critical && type !== OID.issuingDistributionPoint)

function scopeCovers({ extensions }: Crl, isAuthority: boolean): boolean {
  const extension = extensions.get(OID.issuingDistributionPoint)
  if (!extension) return true
  const flags = new Set(
    sequence(readWhole(extension.value))
      .filter(({ tag, body }) => tag !== context(0) && body[0] !== 0)
      .map(({ tag }) => tag),
  )
  const [onlyUsers, onlyAuthorities, onlySomeReasons, indirect, onlyAttributes] = [1, 2, 3, 4, 5].map((number) =>
    flags.has(contextPrimitive(number)),
  )
  if (onlySomeReasons === true || indirect === true || onlyAttributes === true) return false
  return isAuthority ? onlyUsers !== true : onlyAuthorities !== true
}

const authentic = new WeakMap<Crl, WeakMap<Certificate, boolean>>()

function isAuthentic(crl: Crl, issuer: Certificate): boolean {
  const byIssuer = authentic.get(crl) ?? new WeakMap<Certificate, boolean>()
  authentic.set(crl, byIssuer)
  const known = byIssuer.get(issuer)
  if (known !== undefined) return known
  const valid = isSignedWith(crl, issuer)
  byIssuer.set(issuer, valid)
  return valid
}

/** The entry of a serial number, or null when the list does not name it. */
export function findEntry({ entries }: Crl, serial: string): Entry | null {
  for (let at = 0; at < entries.length;) {
    const entry = readDer(entries, at)
    at = entry.end
    const number = readDer(entry.body)
    if (integerHex(number) !== serial) continue
    const [revokedAt, extensions] = elements(entry.body.subarray(number.end))
    return { at: time(revokedAt), reason: reasonOf(extensions) }
  }
  return null
}

function reasonOf(wrapper: Der | undefined): number | null {
  const reason =
    wrapper && sequence(wrapper).find((extension) => fields(extension).next(TAG.oid).body.equals(REASON_CODE))
  const value = reason && sequence(reason).at(-1)
  return value ? (readWhole(value.body, TAG.enumerated).body[0] ?? null) : null
}

const REASON_CODE = Buffer.from('551d15', 'hex')

/** Since when the list keeps certificates that expired (2.5.29.60), or null: then their absence proves nothing. */
export function expiredCertificatesSince({ extensions }: Crl): Date | null {
  const extension = extensions.get(OID.expiredCertsOnCrl)
  return extension ? time(readWhole(extension.value)) : null
}

/** A file of CRLs: DER, or any number of PEM blocks. */
export function readCrls(file: Buffer): Crl[] {
  if (file[0] === TAG.sequence) return [parseCrl(file)]
  const blocks = [
    ...file.toString('latin1').matchAll(/-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g),
  ]
  if (blocks.length === 0) throw new DerError('Not a CRL')
  return blocks.map(([, body = '']) => parseCrl(Buffer.from(body, 'base64')))
}
