import { createHash } from 'node:crypto'
import type { DigestName } from './algorithms.ts'
import type { ProofOfExistence, Trust } from './certificate-validation.ts'
import { attributesOf, singleValue, type SignerInfo } from './cms.ts'
import { context, DerError, readWhole, sequence } from './der.ts'
import { objectIdentifier } from './der-writer.ts'
import { OID } from './oids.ts'
import type { SignerInput } from './signer-check.ts'
import { readToken, validateTimestamp, type TimestampResult } from './timestamp.ts'

/**
 * Archive time stamps v3 (EN 319 122-1 §5.5.3). Their imprint is over the content type, the digest of the content, the signer's
 * signed fields and the token's own index of certificates, revocation data and unsigned attributes.
 */
export function archiveTimestamps(
  input: SignerInput,
  trust: Trust,
  covering: ProofOfExistence | null,
): TimestampResult[] {
  const tokens = attributesOf(input.signer.unsignedAttributes, OID.archiveTimestampV3).flatMap(({ values }) =>
    values.map(({ raw }) => raw),
  )
  const newestFirst = tokens
    .map((token) => ({ token, time: statedTime(token) }))
    .sort((left, right) => right.time - left.time)
  const results: TimestampResult[] = []
  let poe = covering
  for (const { token } of newestFirst) {
    const result = validateTimestamp(
      {
        token,
        kind: 'archive',
        digest: input.content ? (name) => imprint(input, token, name) : null,
        pool: input.certificates,
      },
      trust,
      poe,
    )
    results.push(result)
    poe = result.proof ? { time: result.proof, source: 'timestamp' } : poe
  }
  return results
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

/** version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature, each as received. */
function signedFields({ raw }: SignerInfo): Buffer {
  const parts = sequence(readWhole(raw))
  return Buffer.concat(parts.filter(({ tag }) => tag !== context(1)).map((part) => part.raw))
}
