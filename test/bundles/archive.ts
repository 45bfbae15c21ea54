import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import { readZip } from '../../server/signing/zip.ts'
import { memorySource } from '../../server/signing/source.ts'
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
  return buffer(zip.outputStream as Readable)
}
