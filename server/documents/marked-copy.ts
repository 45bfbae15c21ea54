import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { SealedPdf, Signing } from '../signing/index.ts'
import { coverPaper } from './cover.ts'
import type { StoredDocument } from './document.ts'
import { contentOf, drawn, inFaces } from './document-pool.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { markLines, type Mark } from './mark.ts'
import { P7M, PDF } from './media-type.ts'
import { qrCode } from './qr-code.ts'

/**
 * `sealed`: the file itself with the mark, its own signatures standing. `viewing-copy`: what was inside a p7m, with the mark.
 * `cover`: a sheet to go beside a file that must not be, or cannot be, appended to.
 */
export type MarkedCopy = SealedPdf & Readonly<{ name: string; kind: 'sealed' | 'viewing-copy' | 'cover' }>

type Parts = Readonly<{
  signing: Pick<Signing, 'seal'>
  bytes: (document: StoredDocument) => Promise<Uint8Array>
}>

/** Appending holds a file in memory several times over. */
const LARGEST_APPENDED = 30 * 1024 * 1024

/**
 * Makes the copy of a submitted document that bears its protocol mark, by the strategies of signatures-and-pdf.md §12. The
 * document itself is never touched. The mark is the visible form of the municipality's seal, the one change that a signed PDF
 * admits; `seal` refuses a file that is broken, encrypted, dynamic or certified against changes, and checks what it made.
 */
export function createMarking({ signing, bytes }: Parts) {
  const words = ({ municipality, protocol }: Mark) => ({
    municipality: municipality.id,
    name: municipality.name,
    reason: `Protocollo ${formatProtocol(protocol)}`,
    location: municipality.address.city,
  })

  async function marked(pdf: Uint8Array, mark: Mark, first: string): Promise<SealedPdf | undefined> {
    const lines = [first, ...markLines(mark)]
    // A filed PDF/A remains one: its mark has its face with it (ISO 19005-2 §6.2.11.4).
    const text = await inFaces(lines)
    const appearance = { page: 0, rect: 'foot', ...text, code: qrCode(mark.verificationUrl) } as const
    try {
      return await signing.seal(pdf, { ...words(mark), appearance })
    } catch (error) {
      if (error instanceof AppError && error.code === 'INVALID_INPUT') return undefined
      throw error
    }
  }

  async function appended(document: StoredDocument, mark: Mark): Promise<MarkedCopy | undefined> {
    if (document.size > LARGEST_APPENDED) return undefined
    if (document.mediaType === PDF) {
      const copy = await marked(await bytes(document), mark, 'Copia con segnatura di protocollo')
      return copy && { ...copy, name: copyName(document.name, '.pdf'), kind: 'sealed' }
    }
    if (document.mediaType !== P7M) return undefined
    const content = await contentOf(await bytes(document))
    if (!content || !Buffer.from(content.subarray(0, 1024)).includes('%PDF-') || !isVerified(content, document))
      return undefined
    const copy = await marked(content, mark, `Copia informatica del contenuto di ${document.name}`)
    return copy && { ...copy, name: copyName(document.name, '.pdf.p7m', '.p7m'), kind: 'viewing-copy' }
  }

  return async (document: StoredDocument, mark: Mark): Promise<MarkedCopy> => {
    const copy = await appended(document, mark)
    if (copy) return copy
    const cover = await drawn(coverPaper(document, mark))
    return { ...(await signing.seal(cover, words(mark))), name: `${document.name}-frontespizio.pdf`, kind: 'cover' }
  }
}

/** Whether it is what the signatures were found to be about: a file made to be read in two ways must not show the other with our mark. */
function isVerified(bytes: Uint8Array, { verification }: StoredDocument): boolean {
  let content = verification?.content
  while (content?.nested?.content) content = content.nested.content
  return content?.sha256 === createHash('sha256').update(bytes).digest('hex')
}

const copyName = (name: string, ...endings: string[]): string => {
  const ending = endings.find((each) => name.toLowerCase().endsWith(each)) ?? ''
  return `${name.slice(0, name.length - ending.length)}-protocollato.pdf`
}
