import { segmentSource, type Source } from '../shared/source.ts'
import { openPdf } from './document.ts'
import { fieldNodes } from './field-changes.ts'
import { revisionChanges } from './revisions.ts'
import { PdfError } from './value.ts'

/**
 * What the bytes after the first `since` did to a PDF besides signing it, as English sentences; empty when they only signed. A file
 * that waits for signatures may be unsigned yet, so no signature tells what its signers may do: they may do as little as under a
 * certification that allows signing (DocMDP P=2), and not fill in forms either. Everybody signs the same words.
 */
export function changesBesidesSigning(source: Source, since: number): string[] {
  try {
    const before = openPdf(segmentSource(source, [{ offset: 0, length: since }]))
    const after = openPdf(source)
    const signatureFields = [...fieldNodes(before).values()].flatMap(({ type, name }) => (type === 'Sig' ? [name] : []))
    const permissions = { docMdp: 2, locks: [{ action: 'Exclude', fields: signatureFields }] } as const
    return revisionChanges({ before, after }, permissions)
      .filter(({ verdict }) => verdict === 'forbidden' || verdict === 'unknown')
      .map(({ what }) => what)
  } catch (error) {
    if (!(error instanceof PdfError)) throw error
    return [error.message]
  }
}
