import { AppError } from '../errors.ts'
import type { createMarking, Documents, Mark, StoredDocument } from '../documents/index.ts'
import { officeOf, type Municipality } from '../municipalities/index.ts'
import type { Protocol } from '../protocol/index.ts'
import type { Actor } from './actor.ts'
import type { FilingService } from './filing-service.ts'

type Deps = Readonly<{
  filings: Pick<FilingService, 'submitted'>
  documents: Pick<Documents, 'ofFiling' | 'store' | 'open'>
  protocol: Pick<Protocol, 'ofFiling'>
  marking: ReturnType<typeof createMarking>
  /** Where people reach a municipality's services. */
  siteOf: (municipality: Municipality) => string
  now: () => Date
}>

export type MarkedCopies = ReturnType<typeof createMarkedCopies>

/** Copies of registered documents that bear their protocol mark (signatures-and-pdf.md §12). */
export function createMarkedCopies({ filings, documents, protocol, marking, siteOf, now }: Deps) {
  /** Copies that are being looked for or made, by their original: fifty presses at once made, sealed and kept fifty. */
  const underWay = new Map<string, Promise<StoredDocument>>()

  /**
   * The copy of one document of a filing that the actor may read: made at the first request, sealed, verified, kept. The document
   * itself is never touched. Throws NOT_FOUND for one that is not in the register, CONFLICT for one that no scanner has cleared.
   */
  async function open(municipality: Municipality, id: string, document: string, actor: Actor) {
    const filing = await filings.submitted(municipality.id, id, actor)
    const original = (await documents.ofFiling(municipality.id, filing.id)).find((file) => file.id === document)
    const entry = (await protocol.ofFiling(municipality.id, filing.id)).find(({ documents: registered }) =>
      registered.some((file) => file.id === document),
    )
    if (!original || !entry) throw new AppError('NOT_FOUND', 'No such registered document in the filing')
    assertScanned(original)
    const mark = {
      municipality,
      office: officeOf(municipality, entry.office),
      protocol: entry,
      direction: entry.direction,
      verificationUrl: `${siteOf(municipality)}/verifica/${filing.verificationCode}`,
    }
    const copy = underWay.get(original.id) ?? copyOf(original, mark).finally(() => underWay.delete(original.id))
    underWay.set(original.id, copy)
    const file = await copy
    return { file, stream: documents.open(file) }
  }

  async function copyOf(original: StoredDocument, mark: Mark): Promise<StoredDocument> {
    const made = (await documents.ofFiling(original.municipality, original.id)).find(
      ({ kind }) => kind === 'marked-copy',
    )
    if (made) return made
    const { bytes, report, name } = await marking(original, mark)
    return documents.store(bytes, {
      municipality: original.municipality,
      // It belongs to its original: whoever lists the filing's papers finds papers, not our copies.
      filing: original.id,
      kind: 'marked-copy',
      name,
      mediaType: 'application/pdf',
      report,
      at: now(),
    })
  }

  return { open }
}

/** What may hold a virus is not wrapped in a file with our seal. */
function assertScanned({ scan }: StoredDocument): void {
  if (scan === undefined || scan === 'clean') return
  throw new AppError('CONFLICT', `A copy of a document whose scan is ${scan}`, { explanation: NO_COPY[scan] })
}

const NO_COPY = {
  infected: 'Il file contiene un virus: non se ne può fare una copia.',
  'too-large': 'Il file è troppo grande per il controllo contro i virus: non se ne può fare una copia.',
  pending:
    'Il file non è ancora stato controllato contro i virus: la copia si può fare dopo. Riprova tra qualche minuto.',
} as const
