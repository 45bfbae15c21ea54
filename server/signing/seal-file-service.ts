import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { SealKeys } from '../keys/index.ts'
import { detachedSignature } from './cms-builder.ts'
import type { StampSignature } from './seal.ts'
import { sealKeyOf } from './seal-service.ts'
import type { SigningPool } from './signing-pool.ts'

type Parts = Readonly<{
  pool: Pick<SigningPool, 'verify'>
  keys: SealKeys
  now: () => Date
  timestamp: StampSignature | undefined
}>

/**
 * Seals any file by a message that stands beside it (`.p7s`): CAdES baseline B, T with a stamp (ETSI EN 319 122-1). Our own
 * verifier has accepted what it returns. Throws AppError UPSTREAM_UNAVAILABLE when the key or the stamp cannot be had.
 */
export function createFileSealService({ pool, keys, now, timestamp }: Parts) {
  return async (bytes: Uint8Array, municipality?: string): Promise<Uint8Array> => {
    const key = await sealKeyOf(keys, municipality)
    const at = now()
    const digest = createHash('sha256').update(bytes).digest()
    const seal = await detachedSignature({ digest, signingTime: at, timestamp }, key)
    // The seal's own certificates are trusted: what is checked is that the seal holds.
    const anchors = key.certificateChain.map(({ der }) => der)
    const trust = { at: at.getTime(), anchors, intermediates: [], evidence: null, registeredAt: null }
    const { verification } = await pool.verify({ content: seal, name: 'seal.p7s', detached: bytes, trust })
    if (verification.verdict === 'TOTAL-PASSED') return seal
    throw new AppError('UPSTREAM_UNAVAILABLE', `The seal that was made does not verify: ${verification.verdict}`, {
      explanation: 'Il sigillo dell’ente non è disponibile: riprova più tardi.',
    })
  }
}
