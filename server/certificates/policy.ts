import type { DigestName, SignatureAlgorithm } from './algorithms.ts'
import type { KeyFacts } from './certificate.ts'

/** Instants from which an algorithm is no longer acceptable: ETSI TS 119 312 v1.5.1 as DSS 6.4 encodes it (signatures-and-pdf.md §3.2). */
const DIGEST_END: Readonly<Partial<Record<DigestName, Date>>> = {
  md5: new Date('2004-08-01'),
  sha1: new Date('2012-08-01'),
  ripemd160: new Date('2014-08-01'),
  sha224: new Date('2029-01-01'),
  'sha3-224': new Date('2029-01-01'),
}
const RSA_SHORT_END = new Date('2019-10-01')
const RSA_PKCS1_END = new Date('2029-01-01')
const PSS_MEDIUM_END = new Date('2029-01-01')
const EC_SHORT_END = new Date('2021-10-01')

/** An algorithm that was used, with the day it stopped being acceptable (null = still is). */
export type UsedAlgorithm = Readonly<{ name: string; end: Date | null }>

export const digestUse = (name: DigestName): UsedAlgorithm => ({
  name: name.toUpperCase(),
  end: DIGEST_END[name] ?? null,
})

/** The uses that one signature makes: its hash and its key. */
export function signatureUses({ scheme, hash }: SignatureAlgorithm, key: KeyFacts): UsedAlgorithm[] {
  const uses: UsedAlgorithm[] = hash ? [digestUse(hash)] : []
  if (key.kind === 'rsa')
    uses.push({ name: `RSA-${key.bits} ${scheme === 'pss' ? 'PSS' : 'PKCS#1'}`, end: rsaEnd(scheme, key.bits) })
  // Curves given by explicit parameters have 0 bits (certificate.ts): never acceptable.
  if (key.kind === 'ec') uses.push({ name: `ECDSA-${key.bits}`, end: key.bits < 256 ? EC_SHORT_END : null })
  return uses
}

function rsaEnd(scheme: SignatureAlgorithm['scheme'], bits: number): Date | null {
  if (bits < 1900) return RSA_SHORT_END
  if (scheme === 'rsa') return RSA_PKCS1_END
  return bits < 3000 ? PSS_MEDIUM_END : null
}

/** The uses that were no longer acceptable at that time. */
export const unacceptable = (uses: readonly UsedAlgorithm[], at: Date): UsedAlgorithm[] =>
  uses.filter(({ end }) => end !== null && end <= at)
