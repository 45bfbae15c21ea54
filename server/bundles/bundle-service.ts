import type { Readable } from 'node:stream'
import type { Documents, StoredDocument } from '../documents/index.ts'
import type { Actor, FilingService, Submitted } from '../filings/index.ts'
import type { History } from '../history/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { formatProtocol, segnatura, type Protocol, type RegisterEntry, type SealSigner } from '../protocol/index.ts'
import { etsiReport, type Signing } from '../signing/index.ts'
import { FORMAT, HISTORY, INDEX, pathOf, SEAL, type Audience, type BundleIndex } from './bundle.ts'
import { documentPart, jsonPart, madePart, type Part } from './bundle-part.ts'
import { createBundlePages, registerPath } from './bundle-views.ts'
import { disclosedTo, type DisclosedPapers } from './disclosure.ts'
import type { Verifier } from './verifier-build.ts'
import { zipped } from './zipped.ts'

type Deps = Readonly<{
  filings: Pick<FilingService, 'submitted'>
  documents: Pick<Documents, 'ofFiling' | 'open'>
  protocol: Pick<Protocol, 'ofFiling' | 'amendmentsOf'>
  history: Pick<History, 'of' | 'verify'>
  signing: Pick<Signing, 'sealFile' | 'xmlSigner'>
  verifier: () => Promise<Verifier>
  root: string
  now: () => Date
}>

/** `make` reads and seals what is in it: not called for those who only ask whether it is there. */
export type Bundle = Readonly<{ name: string; make: () => Promise<Readable> }>
export type Bundles = ReturnType<typeof createBundleService>

type Case = Readonly<{ municipality: Municipality; filing: Submitted; audience: Audience; at: Date }>

/** Makes the bundle of a filing: the whole case in one ZIP that anyone can check without us. */
export function createBundleService(deps: Deps) {
  const { filings, documents, protocol, history, signing, verifier, root, now } = deps
  const pages = createBundlePages(root)

  /** The bundle of a filing that the actor may read. Throws NOT_FOUND where the filing's own page does. */
  async function open(municipality: Municipality, id: string, actor: Actor): Promise<Bundle> {
    const filing = await filings.submitted(municipality.id, id, actor)
    const audience = actor.kind === 'citizen' ? 'filer' : 'office'
    const which = { municipality, filing, audience, at: now() } as const
    return {
      name: `pratica-${formatProtocol(filing.protocol).replace('/', '-')}.zip`,
      make: () => make(which),
    }
  }

  /**
   * As a stream: documents are read from the store one after the other as they are sent. Throws an Error when the history does
   * not hold: that is not sealed.
   */
  async function make(which: Case): Promise<Readable> {
    const papers = await papersOf(which)
    const parts = await partsOf(which, papers)
    const index = Buffer.from(`${JSON.stringify(indexOf(which, papers, parts), null, 2)}\n`)
    const seal = Buffer.from(await signing.sealFile(index, which.municipality.id))
    const sealed = [
      ...parts.map(({ file, content }) => ({ path: file.path, size: file.size, content })),
      { path: INDEX, size: index.length, content: index },
      { path: SEAL, size: seal.length, content: seal },
    ]
    return zipped(sealed, which.at)
  }

  /** Events first: whatever they name was written before them, so nothing they name can be missing from what is read after. */
  async function papersOf({ municipality: { id: municipality }, filing, audience }: Case): Promise<DisclosedPapers> {
    const events = await history.of(municipality, filing.id)
    const defect = await history.verify(municipality, filing.id)
    if (defect) throw new Error(`The history of filing ${filing.id} does not hold: ${defect}`)
    const entries = await protocol.ofFiling(municipality, filing.id)
    const [amendments, files] = await Promise.all([
      protocol.amendmentsOf(entries),
      documents.ofFiling(municipality, filing.id),
    ])
    return disclosedTo(audience, { events, entries, amendments, documents: files })
  }

  async function partsOf(which: Case, papers: DisclosedPapers): Promise<Part[]> {
    const signer = await signing.xmlSigner(which.municipality.id)
    const { script, page } = await verifier()
    const entries = await Promise.all(papers.entries.map((entry) => entryParts(entry, { papers, which, signer })))
    const inside = [
      ...papers.documents.flatMap((document, index) =>
        documentParts(document, index + 1, () => documents.open(document)),
      ),
      ...entries.flat(),
      jsonPart(HISTORY, 'history', papers.events),
      madePart('verifica/verifica.html', 'verifier', page),
      madePart('verifica/verifica.mjs', 'verifier', script),
      madePart('stile.css', 'page', pages.style),
    ]
    const files = inside.map(({ file }) => file)
    return [madePart('index.html', 'page', pages.index({ ...which, papers, files })), ...inside]
  }

  return { open }
}

/** A document, and every report on its signatures: the one of the day it came, and those that followed. */
function documentParts(document: StoredDocument, place: number, open: () => AsyncIterable<Uint8Array>): Part[] {
  const path = pathOf('documenti', place, document.name)
  const report = path.replace('documenti/', 'firme/')
  const { verification, laterVerifications = [] } = document
  const latest = laterVerifications.at(-1) ?? verification
  const etsi = latest && etsiReport(latest)
  return [
    documentPart(path, document, open),
    ...(verification
      ? [jsonPart(`${report}.json`, 'signature-report', [verification, ...laterVerifications], document)]
      : []),
    ...(etsi ? [madePart(`${report}.etsi.xml`, 'etsi-report', etsi, document)] : []),
  ]
}

type EntryFacts = Readonly<{ papers: DisclosedPapers; which: Case; signer: SealSigner }>

/** The entry with what was amended in it, and its segnatura, which only an entry with documents has. */
async function entryParts(entry: RegisterEntry, { papers, which, signer }: EntryFacts): Promise<Part[]> {
  const path = registerPath(entry)
  const xml = entry.documents.length > 0 ? `${path}-segnatura.xml` : null
  const amendments = papers.amendments.filter((amendment) => (amendment as { entry: string }).entry === entry.id)
  return [
    jsonPart(`${path}.json`, 'register-entry', { entry, amendments, segnatura: xml }),
    ...(xml ? [madePart(xml, 'segnatura', await segnatura(entry, which.municipality, { signer, at: which.at }))] : []),
  ]
}

function indexOf(
  { municipality, filing, audience, at }: Case,
  papers: DisclosedPapers,
  parts: readonly Part[],
): BundleIndex {
  const { name, ipaCode, aooCode } = municipality
  const { number, year, at: registered } = filing.protocol
  const last = papers.events.at(-1)
  return {
    format: FORMAT,
    audience,
    createdAt: at.toISOString(),
    municipality: { name, ipaCode, aooCode },
    filing: {
      id: filing.id,
      procedure: filing.procedure.title,
      protocol: { number, year, at: registered.toISOString() },
    },
    history: { length: papers.events.length, head: last?.hash ?? '' },
    files: parts.map(({ file }) => file),
    withheld: papers.withheld,
  }
}
