import { formatDate, formatLongDate, romeTime, withDay } from '../shared/dates.ts'
import type { StoredDocument } from './document.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { checkPart, letterhead } from './issued.ts'
import type { Mark } from './mark.ts'
import { fileType } from './media-type.ts'
import type { Paper } from './paper.ts'
import { formatSize } from '../shared/file-size.ts'

/** The sheet that bears the mark of a document on which nothing can be written (signatures-and-pdf.md §12). */
export function coverPaper(document: StoredDocument, mark: Mark): Paper {
  const { municipality, office, protocol, verificationUrl } = mark
  const number = formatProtocol(protocol)
  return {
    title: `Frontespizio di protocollo ${number}`,
    author: municipality.name,
    issuedAt: protocol.at,
    footer: `${municipality.name}  ·  Protocollo ${number} ${withDay('del', formatDate(protocol.at))}`,
    letterhead: letterhead(municipality, office),
    parts: [
      {
        kind: 'title',
        text: 'Frontespizio di protocollo',
        lead: 'Questo foglio accompagna il documento indicato sotto, che resta identico a come è arrivato: per la sua forma o per le firme che porta non vi si può scrivere sopra.',
      },
      {
        kind: 'reference',
        facts: [
          ['Protocollo', number],
          ['Data e ora', `${formatLongDate(protocol.at)}, ore ${romeTime(protocol.at)}`],
          ['Area organizzativa', `${municipality.aooName} (IPA ${municipality.ipaCode}, AOO ${municipality.aooCode})`],
        ],
      },
      { kind: 'heading', text: 'Documento' },
      {
        kind: 'facts',
        facts: [
          ['Nome', document.name],
          ['Formato', fileType(document.mediaType).label],
          ['Dimensione', formatSize(document.size)],
          ['Impronta SHA-256', `${document.sha256.slice(0, 32)}\n${document.sha256.slice(32)}`],
        ],
      },
      checkPart(municipality, verificationUrl),
    ],
  }
}
