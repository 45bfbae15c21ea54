import type { StoredDocument } from '../documents/index.ts'
import { disclosed, type DisclosedEvent, type HistoryEvent } from '../history/index.ts'
import type { Amendment, RegisterEntry } from '../protocol/index.ts'
import { formatFigure } from '../shared/figure.ts'
import type { SignatureReport, Verification } from '../signing/index.ts'
import type { Audience, Withheld } from './bundle.ts'

/** A filing's papers as they were read, complete. */
type Papers = Readonly<{
  events: readonly HistoryEvent[]
  entries: readonly RegisterEntry[]
  amendments: readonly Amendment[]
  documents: readonly StoredDocument[]
}>

/** As one audience may have them. */
export type DisclosedPapers = Readonly<{
  events: readonly (HistoryEvent | DisclosedEvent)[]
  entries: readonly RegisterEntry[]
  amendments: readonly unknown[]
  documents: readonly StoredDocument[]
  withheld: readonly Withheld[]
}>

const ISSUED: ReadonlySet<string> = new Set(['receipt', 'letter', 'outcome'])

/**
 * The papers as their audience may have them: an office gets all. The filer gets what they sent and what was sent to them.
 * Officers keep their names, because they act in their office, but not their tax codes (GDPR art. 5 c. 1 c), nor what they note
 * for the office; papers between offices are asked for by access to records (L. 241/1990 art. 22). Whatever is left out is listed.
 */
export function disclosedTo(audience: Audience, papers: Papers): DisclosedPapers {
  const { documents, withheld } = scanned(papers.documents)
  if (audience === 'office') return { ...papers, documents, withheld }
  const internal = papers.entries.filter(({ direction }) => direction === 'internal')
  const hidden = new Set(internal.flatMap(({ documents }) => documents.map(({ id }) => id)))
  const entries = papers.entries.filter((entry) => !internal.includes(entry))
  const shown = new Set(entries.map(({ id }) => id))
  return {
    events: papers.events.map(disclosed),
    entries,
    amendments: papers.amendments.filter(({ entry }) => shown.has(entry)).map(withoutTaxCode),
    documents: documents.filter(({ id }) => !hidden.has(id)).map(withoutSignersCodes),
    withheld: [
      ...withheld,
      {
        what: 'i codici fiscali dei funzionari nella storia, nel registro e nei rapporti sulle firme',
        why: 'non servono a chi ha presentato la richiesta; nella storia c’è al loro posto un’impronta',
      },
      ...(papers.events.some(({ note }) => note !== undefined)
        ? [
            {
              what: 'quello che l’ufficio scrive per sé quando propone un atto alla firma o lo restituisce',
              why: 'non è ancora una risposta; nella storia c’è al suo posto un’impronta',
            },
          ]
        : []),
      ...(internal.length > 0
        ? [
            {
              what: `${formatFigure(internal.length)} registrazioni interne dell’ufficio, con i loro documenti`,
              why: 'si possono chiedere con l’accesso ai documenti (L. 241/1990 art. 22)',
              documents: [...hidden],
            },
          ]
        : []),
    ],
  }
}

/** Why a file is left out of an archive, by what its scan said. */
const WITHHELD: Readonly<Record<NonNullable<StoredDocument['scan']>, string | null>> = {
  clean: null,
  pending: 'non è ancora stato controllato contro i virus',
  'too-large': 'è troppo grande per il controllo contro i virus',
  infected: 'contiene un virus',
}

/** People unpack an archive as a whole: a file that holds a virus, or was never scanned, stays out of it. */
function scanned(documents: readonly StoredDocument[]): Pick<DisclosedPapers, 'documents' | 'withheld'> {
  const whyNot = ({ scan }: StoredDocument): string | null => (scan ? WITHHELD[scan] : null)
  return {
    documents: documents.filter((document) => whyNot(document) === null),
    withheld: documents.flatMap((document) => {
      const why = whyNot(document)
      return why === null ? [] : { what: `il file «${document.name}»`, why, documents: [document.id] }
    }),
  }
}

function withoutTaxCode({ by, ...amendment }: Amendment): unknown {
  if (by.kind !== 'officer') return { ...amendment, by }
  const { name, role, office } = by
  return { ...amendment, by: { kind: by.kind, name, role, office } }
}

/**
 * Takes the signers' tax codes out of the reports on documents that we issued. Those of what the filer sent are known to
 * them.
 */
function withoutSignersCodes(document: StoredDocument): StoredDocument {
  const { verification, laterVerifications } = document
  if (!ISSUED.has(document.kind) || !verification) return document
  return {
    ...document,
    verification: withoutCodes(verification),
    ...(laterVerifications && { laterVerifications: laterVerifications.map(withoutCodes) }),
  }
}

const withoutCodes = (verification: Verification): Verification => ({
  ...verification,
  signatures: verification.signatures.map(withoutCode),
})

const withoutCode = (report: SignatureReport): SignatureReport => ({
  ...report,
  signedBy: { ...report.signedBy, taxCode: null },
  ...(report.counterSignatures && { counterSignatures: report.counterSignatures.map(withoutCode) }),
})
