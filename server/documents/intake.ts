import type { Readable } from 'node:stream'
import type { Verification } from '../signing/index.ts'
import { activeDefect, type ActiveContentPolicy } from './active-content.ts'
import { checkFile } from './check-file.ts'
import { createTurns } from '../shared/gate.ts'
import { createContentCopies, type WithContent } from './content-copy.ts'
import { ContentTooLarge, type ContentStore, type Staged } from './content.ts'
import type { StoredDocument } from './document.ts'
import { cleanName, extensionOf } from './file-name.ts'
import { ASIC_E, ASIC_S, EXECUTABLE, P7M, P7S, PDF, TSD, XML, ZIP, ZIP_BASED, zipNamed } from './media-type.ts'
import { sniffInside } from './p7m-content.ts'
import { refusal, tooLarge, unsupportedType } from './refusal.ts'
import { HEAD_BYTES, sniff } from './sniff.ts'
import { passing, type VirusScanner } from './virus-scan.ts'

/** What this room needs of signing. A file given by its path is read in pieces. */
export type SignatureVerifier = Readonly<{
  verify: (
    content: Uint8Array | Readonly<{ path: string }>,
    name: string,
    options?: Readonly<{ registeredAt?: Date }>,
  ) => Promise<Verification>
}>

export type IncomingFile = Readonly<{
  /** Key of the person whose file it is: whoever sends many has them verified in turn with those of others. */
  sender: string
  /** As the person's device calls it. */
  name: string
  maxBytes: number
  /** Media types that may be taken. */
  accept: readonly string[]
  /** `mark` when left out. */
  activeContent?: ActiveContentPolicy | undefined
}>

type Taken = Readonly<{ staged: Staged; name: string; mediaType: string }> &
  Pick<StoredDocument, 'verification' | 'scan'>

/** From a stream of unknown bytes to staged bytes of known type; see `receive`. */
export type Intake = (stream: Readable, file: IncomingFile) => Promise<Taken>

const WRAPPERS: ReadonlySet<string> = new Set([P7M, TSD])
const SIGNABLE: ReadonlySet<string> = new Set([PDF, P7M, P7S, XML, ASIC_E, ASIC_S, TSD])

type Parts = Readonly<{
  contents: ContentStore
  signing: SignatureVerifier
  scanner?: VirusScanner | undefined
  withContent: WithContent
  turn: ReturnType<typeof createTurns>
}>

/** Files verified at a time: as many as there are threads for it. A file that is made to be slow holds one for a minute. */
const VERIFIED = 2

export function createIntake(given: Omit<Parts, 'withContent' | 'turn'>): Intake {
  const parts: Parts = { ...given, withContent: createContentCopies(VERIFIED), turn: createTurns(VERIFIED) }
  const { contents } = parts
  return async (stream, { name: rawName, sender, maxBytes, accept, activeContent = 'mark' }) => {
    const name = cleanName(rawName)
    const { head, whole } = await peek(stream, name)
    if (head.length === 0) throw refusal('empty', name)
    const sniffed = sniff(head, name)
    // Refused before a byte is stored, if its first bytes tell enough.
    const told = sniffed === ZIP ? zipNamed(extensionOf(name)) : sniffed
    if (!mayBeAdmitted(sniffed, accept)) throw unsupportedType(name, told, accept)
    if (WRAPPERS.has(sniffed) && sniffInside(head, name) === EXECUTABLE) throw refusal('program-inside', name)
    const { staged, ...scan } = await stage(parts, whole, { name, maxBytes })
    try {
      const mediaType = await examine(contents, staged, { name, sniffed, accept })
      if (!SIGNABLE.has(mediaType)) return { staged, name, mediaType, ...scan }
      const verification = await verify(parts, staged, { name, mediaType, sender })
      const defect = activeDefect(verification, activeContent)
      if (defect) throw refusal(defect, name)
      return { staged, name, mediaType, verification, ...scan }
    } catch (error) {
      await contents.discard(staged.file)
      throw error
    }
  }
}

function mayBeAdmitted(sniffed: string | undefined, accept: readonly string[]): sniffed is string {
  if (sniffed === undefined || sniffed === EXECUTABLE) return false
  if (sniffed === ZIP) return accept.some((each) => ZIP_BASED.has(each))
  return accept.includes(sniffed)
}

/** Stores the bytes, and shows them to the scanner while they pass. Throws, with nothing kept, for what is too large or infected. */
async function stage(
  { contents, scanner }: Parts,
  whole: AsyncIterable<Buffer>,
  file: { name: string; maxBytes: number },
): Promise<{ staged: Staged } & Pick<StoredDocument, 'scan'>> {
  const scanning = scanner?.begin()
  try {
    const staged = await contents.stage(scanning ? passing(whole, scanning) : whole, file.maxBytes)
    if (!scanning) return { staged }
    const { verdict } = await scanning.finish()
    if (verdict !== 'infected') return { staged, scan: scanOf(verdict) }
    await contents.discard(staged.file)
    throw refusal('infected', file.name)
  } catch (error) {
    scanning?.cancel()
    if (error instanceof ContentTooLarge) throw tooLarge(file.name, file.maxBytes)
    throw error
  }
}

/** A scanner that is down stops nobody on the last evening of a term: the file is taken, and scanned later. */
const scanOf = (verdict: 'clean' | 'too-large' | 'unknown') => (verdict === 'unknown' ? 'pending' : verdict)

async function examine(
  contents: ContentStore,
  staged: Staged,
  { name, sniffed, accept }: { name: string; sniffed: string; accept: readonly string[] },
): Promise<string> {
  const { mediaType, defect } = await checkFile(contents.source(staged), sniffed)
  if (defect) throw refusal(defect, name)
  if (!accept.includes(mediaType)) throw unsupportedType(name, mediaType, accept)
  return mediaType
}

async function verify(
  { contents, signing, withContent, turn }: Parts,
  staged: Staged,
  { name, mediaType, sender }: { name: string; mediaType: string; sender: string },
): Promise<Verification> {
  const verification = await turn(sender, () =>
    withContent(contents.source(staged), (content) => signing.verify(content, name)),
  )
  // A signature that is bad, or that we cannot judge, is for the officer to weigh (signatures-and-pdf.md §0.7); a file that
  // does not open is for the person to mend while they are still here. An XML of any other kind is not ours to judge.
  if (verification.verdict === 'unreadable' && mediaType !== XML) throw refusal('damaged', name)
  return verification
}

/** The first bytes, and a way to read all of them once. Whatever the source fails with is an interruption. */
async function peek(stream: Readable, name: string): Promise<{ head: Buffer; whole: AsyncGenerator<Buffer> }> {
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const next = async (): Promise<Buffer | undefined> => {
    try {
      const piece = await pieces.next()
      return piece.done ? undefined : piece.value
    } catch (error) {
      throw refusal('interrupted', name, error)
    }
  }
  let head = Buffer.alloc(0)
  for (let piece = await next(); piece; piece = await next()) {
    head = Buffer.concat([head, piece])
    if (head.length >= HEAD_BYTES) break
  }
  async function* whole(): AsyncGenerator<Buffer> {
    yield head
    for (let piece = await next(); piece; piece = await next()) yield piece
  }
  return { head: head.subarray(0, HEAD_BYTES), whole: whole() }
}
