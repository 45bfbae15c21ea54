import { crc32, inflateRawSync } from 'node:zlib'
import { DerError } from '../shared/asn1/der.ts'
import { memorySource, segmentSource, type Source } from '../shared/source.ts'
import { ZIP_END_BYTES, zipDirectory } from '../shared/zip-directory.ts'

/** One file of a ZIP container; `source` reads it, expanded; `local` is what stands before its bytes, and where they end. */
export type ZipEntry = Readonly<{
  name: string
  size: number
  crc: number
  source: () => Source
  local: () => LocalHeader
}>
/** `isAlike`: it says of the bytes what the directory says. */
type LocalHeader = Readonly<{ name: string; isAlike: boolean; start: number; data: number; end: number }>

/** A ZIP that is not one, or is larger inside than any honest container. */
export class ZipError extends DerError {}

type ZipLimits = Readonly<{ entries: number; /** Bytes in all. */ expanded: number; ratio: number }>

/** signatures-and-pdf.md §11: entries ≤ 1 000, expanded ≤ 10 times the file and ≤ 200 MB. */
const CONTAINER_LIMITS: ZipLimits = { entries: 1_000, expanded: 200 << 20, ratio: 10 }
/** Small containers compress well without malice: a manifest of repeated lines. */
const FREE = 1 << 20

const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50

/** The entries of a ZIP by its central directory, which is what readers show. Throws ZipError. */
export function readZip(source: Source, limits = CONTAINER_LIMITS): ZipEntry[] {
  const end = Math.max(0, source.size - ZIP_END_BYTES)
  const found = zipDirectory(source.read(end, ZIP_END_BYTES), source.size)
  if (!found) throw new ZipError('The container has no directory, or several')
  const { count, offset, size } = found
  if (count > limits.entries) throw new ZipError('The container has too many entries')
  const directory = source.read(offset, size)
  const entries: ZipEntry[] = []
  const names = new Set<string>()
  let [at, expanded] = [0, 0]
  for (let index = 0; index < count; index++) {
    const header = centralHeader(directory, at)
    at += header.length
    expanded += header.size
    if (names.has(header.name)) throw new ZipError('Two entries of the container have one name')
    names.add(header.name)
    entries.push({
      name: header.name,
      size: header.size,
      crc: header.crc,
      source: () => expand(source, header),
      local: () => localHeader(source, header),
    })
  }
  if (at !== size) throw new ZipError('The container’s directory has more entries than it counts')
  if (expanded > Math.min(limits.expanded, Math.max(FREE, source.size * limits.ratio)))
    throw new ZipError('The container expands too much')
  return entries
}

/** What is read at a time: larger pieces would not be faster. */
const PIECE = 1 << 16

/** Whether other programs show the entry under the same name, and open it at all: they refuse one that its checksum does not fit. */
export function opensAlike(entry: ZipEntry): boolean {
  const { name, isAlike } = entry.local()
  if (name !== entry.name || !isAlike) return false
  const source = entry.source()
  const room = Buffer.allocUnsafe(Math.min(PIECE, source.size))
  let crc = 0
  for (let at = 0; at < source.size; at += PIECE)
    crc = crc32(source.read(at, Math.min(PIECE, source.size - at), room), crc)
  return source.size === entry.size && crc === entry.crc
}

type Header = Readonly<{
  name: string
  method: number
  flags: number
  crc: number
  packed: number
  size: number
  offset: number
  length: number
}>

function centralHeader(directory: Buffer, at: number): Header {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL)
    throw new ZipError('The container’s directory is broken')
  const lengths = [28, 30, 32].map((field) => directory.readUInt16LE(at + field)) as [number, number, number]
  const [nameEnd, extraEnd] = [at + 46 + lengths[0], at + 46 + lengths[0] + lengths[1]]
  const name = directory.toString('utf8', at + 46, nameEnd)
  if (name.includes('\0') || hasOtherName(directory.subarray(nameEnd, extraEnd), name))
    throw new ZipError('An entry of the container has two names')
  return {
    name,
    flags: directory.readUInt16LE(at + 8),
    method: directory.readUInt16LE(at + 10),
    crc: directory.readUInt32LE(at + 16),
    packed: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
    length: 46 + lengths[0] + lengths[1] + lengths[2],
  }
}

const UNICODE_PATH = 0x7075

/** Most programs show the name of this field in place of the entry's own (APPNOTE §4.6.9). */
function hasOtherName(extra: Buffer, name: string): boolean {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === UNICODE_PATH && extra.toString('utf8', at + 9, end) !== name) return true
  }
  return false
}

const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1

function localHeader(source: Source, header: Header): LocalHeader {
  const { packed, offset } = header
  const local = source.read(offset, 30)
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL) throw new ZipError('An entry of the container is missing')
  const nameLength = local.readUInt16LE(26)
  const data = offset + 30 + nameLength + local.readUInt16LE(28)
  const end = data + packed
  if (end > source.size) throw new ZipError('An entry of the container is cut')
  const name = source.read(offset + 30, nameLength).toString('utf8')
  return { name, isAlike: saysTheSame(local, header), start: offset, data, end }
}

/** With this flag checksum and sizes stand behind the bytes, and programs take them from the directory (APPNOTE §4.4.4). */
const STREAMED = 8
/** In place of a size that stands in a field of its own (APPNOTE §4.5.3). */
const LARGE = 0xffffffff

/** Programs unpack by either: bytes that are packed by one and not by the other are two files. */
function saysTheSame(local: Buffer, { flags, method, crc, packed, size }: Header): boolean {
  const own = local.readUInt16LE(6)
  if (local.readUInt16LE(8) !== method || (own & ENCRYPTED) !== (flags & ENCRYPTED)) return false
  const isSize = (field: number, said: number) => [said, LARGE].includes(local.readUInt32LE(field))
  return (own & STREAMED) !== 0 || (local.readUInt32LE(14) === crc && isSize(18, packed) && isSize(22, size))
}

function expand(source: Source, header: Header): Source {
  const { method, flags, packed, size } = header
  if (flags & ENCRYPTED) throw new ZipError('The container is encrypted')
  const { data } = localHeader(source, header)
  if (method === STORED) return segmentSource(source, [{ offset: data, length: packed }])
  if (method !== DEFLATED) throw new ZipError('An entry has an unknown compression')
  return memorySource(inflate(source.read(data, packed), size))
}

function inflate(bytes: Buffer, size: number): Buffer {
  try {
    // The directory's size is the limit that was counted above: an entry that holds more is a bomb.
    const expanded = inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) })
    if (expanded.length !== size) throw new ZipError('An entry is not as large as it says')
    return expanded
  } catch (error) {
    if (error instanceof ZipError) throw error
    throw new ZipError('An entry of the container cannot be expanded')
  }
}
