import { DerError } from '../shared/asn1/der.ts'
import { memorySource } from '../shared/source.ts'
import type { Trust } from './trust.ts'
import type { Detected } from './detect.ts'
import { readMime } from './mime.ts'
import { contentOf, type Content } from './content.ts'
import { validateDetachedTimestamp, validateTimestampedData } from './timestamped.ts'
import type { TimestampResult } from './timestamp.ts'
import type { Format } from './verification.ts'

/** What a file that wraps another, with time stamps or for transport, holds. */
type Envelope = Readonly<{ format: Format; content: Content | null; timestamps: readonly TimestampResult[] }>

/** Opens `.tsd`, `.tsr`/`.tst`, S/MIME and `.m7m` (MIME of a p7m and a time stamp over it). Throws DerError when it cannot. */
export function openEnvelope({ kind, source }: Detected, detached: Content | null, trust: Trust): Envelope {
  if (kind === 'tsd') return { format: 'TSD', ...validateTimestampedData(source, trust) }
  if (kind === 'timestamp') return { format: 'other', ...validateDetachedTimestamp(source, detached, trust) }
  const parts = readMime(source)
  const signed =
    parts.find(({ type }) => /^application\/(x-)?pkcs7-(mime|signature)$/.test(type)) ??
    (parts.length === 1 ? parts[0] : undefined)
  if (!signed) throw new DerError('The message holds no signed part')
  const content = contentOf(memorySource(signed.body))
  const stamp = parts.find(({ type }) => /timestamp/.test(type))
  const timestamps = stamp ? validateDetachedTimestamp(memorySource(stamp.body), content, trust).timestamps : []
  return { format: stamp ? 'M7M' : 'CAdES', content, timestamps }
}
