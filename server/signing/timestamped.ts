import {
  context,
  DerError,
  elements,
  fields,
  octets,
  oid,
  readDer,
  sequence,
  smallInteger,
  TAG,
  type Der,
} from '../shared/asn1/der.ts'
import { OID } from '../shared/asn1/oids.ts'
import { memorySource, type Source } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import { contentOf, type Content } from './content.ts'
import { validateTimestamp, type TimestampResult } from './timestamp.ts'

/** Data together with time stamps over it. `content` is null when the stamps are detached and the data was not given. */
type Timestamped = Readonly<{ content: Content | null; timestamps: readonly TimestampResult[] }>

const MAX_SIZE = 256 << 20

/** TimeStampedData (RFC 5544 §2): `.tsd`. Each token after the first is over the one before; only the first is over the data. */
export function validateTimestampedData(source: Source, trust: Trust): Timestamped {
  if (source.size > MAX_SIZE) throw new DerError('The time-stamped data is too large')
  const outer = fields(readDer(source.read(0, source.size)))
  if (oid(outer.next()) !== OID.timestampedData) throw new DerError('Not TimeStampedData')
  const field = fields(sequence(outer.next(context(0)), context(0))[0])
  smallInteger(field.next())
  const rest = field.rest()
  const data = rest.find(({ tag }) => tag === TAG.octetString || tag === TAG.constructedOctets)
  const evidence = rest.find(({ tag }) => tag === context(0))
  if (!evidence) throw new DerError('TimeStampedData without time stamps')
  const content = data ? contentOf(memorySource(octets(data))) : null
  return {
    content,
    timestamps: elements(evidence.body)
      .slice(0, 1)
      .map((item) => stamped(tokenOf(item), content, trust)),
  }
}

const tokenOf = (item: Der): Buffer => fields(item).next(TAG.sequence).raw

/** A token or a whole TimeStampResp by itself: `.tst`, `.tsr`. */
export function validateDetachedTimestamp(source: Source, content: Content | null, trust: Trust): Timestamped {
  const der = readDer(source.read(0, Math.min(source.size, 1 << 20)))
  const [first, second] = sequence(der)
  const token = first?.tag === TAG.oid ? der.raw : second?.raw
  if (!token) throw new DerError('The answer holds no time stamp')
  return { content, timestamps: [stamped(token, content, trust)] }
}

const stamped = (token: Buffer, content: Content | null, trust: Trust): TimestampResult =>
  validateTimestamp({ token, kind: 'content', digest: content ? content.digest : null, pool: [] }, trust, null)
