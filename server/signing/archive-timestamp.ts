import { createHash } from 'node:crypto'
import {
  decodeOcsps,
  digestAlgorithm,
  failed,
  withProof,
  type DigestName,
  type Finding,
  type Ocsp,
  type ProofOfExistence,
} from '../certificates/index.ts'
import { objectIdentifier } from '../shared/asn1/der-writer.ts'
import { context, DerError, octets, readWhole, sequence, TAG, type Der } from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import type { Trust } from './trust.ts'
import { attributesOf, readRevocation, singleValue, type SignerInfo } from './cms.ts'
import { ocspsIn } from './embedded-evidence.ts'
import type { SignerInput } from './signer-check.ts'
import { readToken, rejected, validateTimestamp, type TimestampResult } from './timestamp.ts'

export type Archives = Readonly<{
  results: readonly TimestampResult[]
  /** What was trusted before, and the revocation data that the stamps prove to be older than themselves. */
  trust: Trust
}>

/** The signature, and what its message holds beside it. */
export type ArchivedInput = SignerInput & Readonly<{ certificateChoices: readonly Der[]; revocations: readonly Der[] }>

/**
 * Archive time stamps v3 (EN 319 122-1 §5.5.3), newest first. Their imprint is over the content type, the digest of the content, the
 * signer's signed fields and the token's own index of certificates, revocation data and unsigned attributes.
 */
export function archiveTimestamps(input: ArchivedInput, trust: Trust, covering: ProofOfExistence | null): Archives {
  const tokens = attributesOf(input.signer.unsignedAttributes, OID.archiveTimestampV3).flatMap(({ values }) =>
    values.map(({ raw }) => raw),
  )
  const newestFirst = tokens
    .map((token) => ({ token, time: statedTime(token) }))
    .sort((left, right) => right.time - left.time)
  const results: TimestampResult[] = []
  let poe = covering
  let known = trust
  for (const { token } of newestFirst) {
    const digest = input.content ? (name: DigestName) => imprint(input, token, name) : null
    const stamp = { token, kind: 'archive', digest, pool: input.certificates } as const
    const result = rejected(validateTimestamp(stamp, known, poe), indexFindings(input, token))
    results.push(result)
    if (!result.proof) continue
    poe = { time: result.proof, source: 'timestamp' }
    known = withProof(known, indexedOcsps(input, token), result.proof)
  }
  return { results, trust: known }
}

/** When a token says that it was made, in milliseconds; 0 when it cannot be read. */
export function statedTime(token: Buffer): number {
  try {
    return readToken(token).info.time.getTime()
  } catch (error) {
    if (error instanceof DerError) return 0
    throw error
  }
}

function imprint({ signer, content, contentType }: SignerInput, token: Buffer, name: DigestName): Buffer {
  const index = hashIndex(token)
  if (!index || !content) return Buffer.alloc(0)
  const parts = [objectIdentifier(contentType), content.digest(name), signedFields(signer), index]
  return createHash(name).update(Buffer.concat(parts)).digest()
}

function hashIndex(token: Buffer): Buffer | null {
  const attributes = readToken(token).message.signers[0]?.unsignedAttributes ?? null
  return (singleValue(attributes, OID.atsHashIndexV3) ?? singleValue(attributes, OID.atsHashIndex))?.raw ?? null
}

/**
 * The OCSP answers that the token's index names (ATSHashIndexV3, EN 319 122-1 §5.5.2): what was put into the message later is not
 * proved by the token. The index names an attribute by its type and one value, in its older form by the whole attribute.
 */
function indexedOcsps({ signer, revocations }: ArchivedInput, token: Buffer): Ocsp[] {
  const isNamed = indexOf(token)
  const named = decodeOcsps(readRevocation(revocations.filter(({ raw }) => isNamed(raw))).ocsps)
  const values = attributesOf(signer.unsignedAttributes, OID.revocationValues).flatMap((attribute) =>
    attribute.values.filter(
      ({ raw }) => isNamed(attribute.raw) || isNamed(Buffer.concat([objectIdentifier(attribute.type), raw])),
    ),
  )
  return [...named, ...values.flatMap(ocspsIn)]
}

/** Digests of the certificates, of the revocation data and of the unsigned attributes that were stamped. */
type Index = Readonly<{ digest: (bytes: Buffer) => string; lists: readonly (readonly string[])[] }>

function readIndex(token: Buffer): Index {
  const index = hashIndex(token)
  const [first, ...others] = index ? sequence(readWhole(index)) : []
  if (!first) return { digest: () => '', lists: [] }
  const isAlgorithm = sequence(first)[0]?.tag === TAG.oid
  const name = isAlgorithm ? digestAlgorithm(first) : 'sha256'
  return {
    digest: (bytes) => createHash(name).update(bytes).digest('hex'),
    lists: (isAlgorithm ? others : [first, ...others]).map((list) =>
      sequence(list).map((hash) => octets(hash).toString('hex')),
    ),
  }
}

function indexOf(token: Buffer): (bytes: Buffer) => boolean {
  const { digest, lists } = readIndex(token)
  const hashes = new Set(lists.flat())
  return (bytes) => hashes.has(digest(bytes))
}

/** Additions are expected; of what was stamped all must be there still, or the index is invalid (EN 319 122-1 §5.5.2). */
function indexFindings({ signer, certificateChoices, revocations }: ArchivedInput, token: Buffer): Finding[] {
  try {
    const { digest, lists } = readIndex(token)
    const values = signer.unsignedAttributes.flatMap(({ type, values, raw }) => [
      raw,
      ...values.map((value) => Buffer.concat([objectIdentifier(type), value.raw])),
    ])
    const there = [certificateChoices.map(({ raw }) => raw), revocations.map(({ raw }) => raw), values].map(
      (all) => new Set(all.map(digest)),
    )
    const isWhole = lists.every((list, position) => list.every((hash) => there[position]?.has(hash)))
    return isWhole ? [] : [failed('HASH_FAILURE', 'Something that was archived is no longer there')]
  } catch (error) {
    if (error instanceof DerError) return [failed('FORMAT_FAILURE', `The index cannot be read: ${error.message}`)]
    throw error
  }
}

/** version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature, each as received. */
function signedFields({ raw }: SignerInfo): Buffer {
  const parts = sequence(readWhole(raw))
  return Buffer.concat(parts.filter(({ tag }) => tag !== context(1)).map((part) => part.raw))
}
