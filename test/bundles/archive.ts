import { createHash } from 'node:crypto'
import { HISTORY, INDEX, type BundleIndex } from '../../server/bundles/bundle.ts'
import { hashOf } from '../../server/history/chain.ts'
import type { HistoryEvent } from '../../server/history/index.ts'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { readZip } from '../../server/signing/zip.ts'
import { memorySource } from '../../server/shared/source.ts'
import type { Visitor } from '../support/visitor.ts'

export type Files = Map<string, Buffer>

/** What lies behind an address, as bytes, for the person who is logged in there. */
export async function download(visitor: Visitor, address: URL): Promise<{ response: Response; bytes: Buffer }> {
  const known = [...(visitor.cookies.get(address.host) ?? [])].map(([name, value]) => `${name}=${value}`)
  const response = await fetch(address, { headers: { cookie: known.join('; ') }, redirect: 'manual' })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

/** The files of a ZIP by their names. */
export const unpacked = (zip: Buffer): Files =>
  new Map(
    readZip(memorySource(zip), { entries: 1000, expanded: 2 ** 30, ratio: 100 }).map(({ name, size, source }) => [
      name,
      Buffer.from(source().read(0, size)),
    ]),
  )

/** A ZIP of these files, in this order. */
export function packed(files: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, bytes] of files) zip.addBuffer(bytes, name)
  zip.end()
  return buffer(zip.outputStream as AsyncIterable<Buffer>)
}

/** The ZIP with a name of the same length in its directory and before its bytes. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1')
}

/** The events with every hash counted anew, as whoever changed one would. */
export function rechained(events: readonly HistoryEvent[]): HistoryEvent[] {
  let before = '0'.repeat(64)
  return events.map((event, index) => {
    const next = { ...event, sequence: index + 1, previousHash: before }
    before = hashOf(next)
    return { ...next, hash: before }
  })
}

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`

export const indexIn = (files: Files): BundleIndex => JSON.parse(files.get(INDEX)?.toString() ?? '') as BundleIndex
export const historyIn = (files: Files): HistoryEvent[] =>
  JSON.parse(files.get(HISTORY)?.toString() ?? '') as HistoryEvent[]

/** Makes the index fit what is there now, with the head of the history as it is now. */
export function reindexed(files: Files): void {
  const index = indexIn(files)
  const events = historyIn(files)
  const listed = index.files.map((file) => {
    const bytes = files.get(file.path) ?? Buffer.alloc(0)
    return { ...file, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
  })
  const history = { length: events.length, head: events.at(-1)?.hash }
  files.set(INDEX, Buffer.from(JSON.stringify({ ...index, history, files: listed })))
}
