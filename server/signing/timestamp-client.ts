import { createHash, randomBytes } from 'node:crypto'
import { digestIdentifier } from '../certificates/index.ts'
import { AppError } from '../errors.ts'
import { encode, integer, octetString, sequenceOf } from '../shared/asn1/der-writer.ts'
import { DerError, fields, readWhole, smallInteger, TAG } from '../shared/asn1/der.ts'
import { leavingAlone } from '../shared/leaving-alone.ts'
import { fetchBytes, type FetchOptions } from '../shared/web-fetch.ts'
import type { StampSignature } from './seal.ts'
import { readToken } from './timestamp.ts'

type TimestampService = Readonly<{
  /** Address of the authority, which answers `application/timestamp-query`. */
  url: string
  now: () => Date
}> &
  Pick<FetchOptions, 'privateHosts' | 'timeout'>

/** Shorter than for other authorities: a seal that went without a stamp gets none later. */
const PAUSE = 60_000

/**
 * Asks a time-stamping authority for tokens (RFC 3161). One that hangs is left alone for a minute: else every receipt would wait for
 * it. A token about other data, without our nonce or refused is an AppError
 * UPSTREAM_UNAVAILABLE; whether its authority is trusted is for verification to say.
 */
export function createTimestampClient({ url, now, ...options }: TimestampService): StampSignature {
  const ask = leavingAlone({ now, fetch: fetchBytes, pause: PAUSE })
  return async (data) => {
    const imprint = createHash('sha256').update(data).digest()
    const nonce = Buffer.concat([Buffer.from([0x01]), randomBytes(8)])
    try {
      const reply = await ask(url, {
        ...options,
        body: timestampQuery(imprint, nonce),
        contentType: 'application/timestamp-query',
      })
      return tokenIn(reply, { imprint, nonce })
    } catch (cause) {
      throw new AppError('UPSTREAM_UNAVAILABLE', 'The time-stamping authority gave no token', {
        cause,
        explanation: 'Il servizio di marcatura temporale non risponde: riprova più tardi.',
      })
    }
  }
}

/** TimeStampReq (§2.4.1), asking for the authority's certificate. */
function timestampQuery(imprint: Buffer, nonce: Buffer): Buffer {
  return sequenceOf(
    integer(1),
    sequenceOf(digestIdentifier('sha256'), octetString(imprint)),
    integer(nonce),
    encode(TAG.boolean, Buffer.from([0xff])),
  )
}

/** The token of a TimeStampResp (§2.4.2) that answers this very query. Throws DerError otherwise. */
function tokenIn(reply: Buffer, { imprint, nonce }: { imprint: Buffer; nonce: Buffer }): Buffer {
  const field = fields(readWhole(reply))
  const status = smallInteger(fields(field.next()).next())
  // 0 granted, 1 granted with modifications.
  if (status > 1) throw new DerError(`The authority refused with status ${status}`)
  const token = field.next(TAG.sequence).raw
  const { info } = readToken(token)
  if (!info.imprint.equals(imprint) || info.digest !== 'sha256') throw new DerError('The token is about other data')
  if (info.nonce !== nonce.toString('hex').replace(/^0+/, '')) throw new DerError('The token answers another query')
  return token
}
