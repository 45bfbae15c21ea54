import {
  latestReport,
  mislabelNotice,
  P7S,
  shortType,
  type DocumentKind,
  type StoredDocument,
} from '../documents/index.ts'
import { uploadFields, type FormFile } from '../forms/index.ts'
import { formatSize } from '../shared/file-size.ts'
import { warningWords, type SignatureReport, type Verification } from '../signing/index.ts'
import { formatDateTime, withDay } from '../shared/dates.ts'
import type { OpenFiling } from './open-filing.ts'

type FileView = Readonly<{
  name: string
  href: string
  kind: string
  /** `PDF, 1,2 MB` */
  details: string
  sha256: string
  signatures: readonly SignatureView[]
  /** Page that explains them; null when the file cannot hold any. */
  report: string | null
  /** Where the copy with the protocol mark is had; null for what is not registered. */
  copy: string | null
}>

export type SignatureView = Readonly<{ tone: 'success' | 'neutral' | 'warning' | 'danger'; text: string }>

const KINDS: Record<DocumentKind, string> = {
  application: 'Istanza',
  attachment: 'Allegato',
  integration: 'Integrazione',
  statement: 'Dichiarazione',
  receipt: 'Ricevuta',
  letter: 'Comunicazione',
  outcome: 'Esito',
  segnatura: 'Segnatura di protocollo',
  mandate: 'Procura',
  'marked-copy': 'Copia con segnatura',
}

/** Those that people call otherwise than by the end of a file's name, and those of papers that we make. */
const TYPES: Readonly<Record<string, string>> = {
  'application/json': 'JSON',
  'image/jpeg': 'JPEG',
  'image/tiff': 'TIFF',
  'text/plain': 'testo',
}

/** Kinds of documents without a protocol number, and so without a copy that bears the mark. */
const UNREGISTERED: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  'receipt',
  'segnatura',
  'mandate',
  'marked-copy',
])

/** For which field of the form each document came, by its id: several attachments may have the same name. */
export const purposesOf = ({ filing, procedure }: Pick<OpenFiling, 'filing' | 'procedure'>): Map<string, string> =>
  new Map(
    uploadFields(procedure.form, filing.answers).flatMap(({ label, documents }) =>
      documents.map((document) => [document, label] as const),
    ),
  )

/** `purpose` is what the form asked the file for, if it did. */
export function fileView(file: StoredDocument, base: string, purpose?: string): FileView {
  const report = latestReport(file)
  const type = TYPES[file.mediaType] ?? shortType(file.mediaType)
  return {
    name: file.name,
    href: `${base}/${file.id}`,
    kind: purpose === undefined ? KINDS[file.kind] : `${KINDS[file.kind]}: ${purpose}`,
    details: `${type}, ${formatSize(file.size)}`,
    sha256: file.sha256,
    signatures: [...scanViews(file), ...(report ? notesOn(report) : [])],
    copy: UNREGISTERED.has(file.kind) ? null : `${base}/${file.id}/copia`,
    report: report ? `${base}/${file.id}/firma` : null,
  }
}

/** What the virus scan has to say, if anything. */
function scanViews({ scan }: StoredDocument): SignatureView[] {
  if (scan === 'pending')
    return [{ tone: 'warning', text: 'Da controllare: la ricerca di virus non è ancora avvenuta.' }]
  if (scan === 'too-large')
    return [{ tone: 'warning', text: 'Non controllato contro i virus: è troppo grande per il controllo.' }]
  return scan === 'infected' ? [{ tone: 'danger', text: 'Contiene un virus: non si può scaricare.' }] : []
}

const WITHOUT_DOCUMENT =
  'Questo file ha la firma ma non il documento. Carica un file che li ha tutti e due: un PDF firmato (PAdES) o un .p7m con il documento dentro.'

/** Files of a draft as its pages show them: to be opened, with what was found in them on arrival. */
export function draftFiles(draft: string, files: readonly StoredDocument[]): FormFile[] {
  return files.map((file) => {
    const mislabelled = mislabelNotice(file)
    return {
      ...file,
      href: `/pratiche/${draft}/documenti/${file.id}`,
      notes: [
        ...scanViews(file),
        ...(mislabelled ? [{ tone: 'warning', text: mislabelled }] : []),
        ...(file.verification ? notesOn(file.verification) : []),
        ...(file.mediaType === P7S ? [{ tone: 'warning', text: WITHOUT_DOCUMENT }] : []),
      ],
    }
  })
}

/** What a person should know of a file: its signatures, and the parts of it that act by themselves. */
const notesOn = (report: Verification): SignatureView[] => [
  ...signatureViews(report),
  ...warningWords(report).map((text) => ({ tone: 'warning' as const, text })),
]

/** The report in sentences that a citizen or a clerk understands; the outer layer first, then what is inside. */
export function signatureViews(report: Verification): SignatureView[] {
  // Most files need no signature; where one is missing the draft says so, and is not sent (cosigning/signature-policy.ts).
  if (report.verdict === 'not-signed') return [{ tone: 'neutral', text: 'Documento senza firma digitale.' }]
  if (report.verdict === 'unreadable')
    return [{ tone: 'danger', text: 'Non siamo riusciti a leggere la firma di questo file.' }]
  const inner =
    report.content?.nested && report.content.nested.verdict !== 'not-signed'
      ? signatureViews(report.content.nested)
      : []
  return [...report.signatures.map((signature) => sentence(signature, additionOf(report))), ...inner]
}

const additionOf = ({ format }: Verification): string =>
  format.startsWith('ASiC')
    ? ' Il contenitore ha anche file che questa firma non copre.'
    : ' Il file contiene aggiunte successive alla firma.'

function sentence(signature: SignatureReport, addition: string): SignatureView {
  const who = `${signature.signedBy.name}${signature.signingTime ? `, ${withDay('il', formatDateTime(new Date(signature.signingTime)))}` : ''}`
  if (signature.indication === 'TOTAL-FAILED')
    return { tone: 'danger', text: `Firma di ${who}: non valida${failure(signature)}.` }
  // Nothing was compared: neither intact nor added to.
  if (signature.subIndication === 'SIGNED_DATA_NOT_FOUND')
    return { tone: 'warning', text: `Firma di ${who}: da verificare, perché manca il documento firmato.` }
  const harmless =
    signature.modifications.length > 0 && signature.modifications.every(({ allowed }) => allowed === true)
  const partial = signature.coversWholeDocument || harmless ? '' : addition
  if (signature.indication === 'TOTAL-PASSED')
    return { tone: 'success', text: `Firmato da ${who}: documento integro, firma valida.${partial}` }
  return { tone: 'warning', text: `Firmato da ${who}: documento integro, ${doubt(signature.subIndication)}.${partial}` }
}

function failure({ subIndication, digestIntact }: SignatureReport): string {
  const why = FAILURES[subIndication ?? (digestIntact ? 'SIG_CRYPTO_FAILURE' : 'HASH_FAILURE')]
  return why === undefined ? '' : `, ${why}`
}

const FAILURES: Readonly<Record<string, string>> = {
  HASH_FAILURE: 'il documento è stato modificato dopo la firma',
  SIG_CRYPTO_FAILURE: 'la firma non corrisponde al certificato',
  FORMAT_FAILURE: 'il file non ha la struttura prevista o ha avuto modifiche non consentite',
  REVOKED: 'il certificato era già revocato o sospeso',
  EXPIRED: 'il certificato era già scaduto',
  NOT_YET_VALID: 'il certificato non era ancora valido',
}

const DOUBTS: Readonly<Record<string, string>> = {
  NO_CERTIFICATE_CHAIN_FOUND: 'ma l’autorità che ha rilasciato il certificato non è tra quelle riconosciute',
  TRY_LATER: 'verifica del certificato da completare',
  REVOKED_NO_POE: 'ma il certificato risulta revocato',
  OUT_OF_BOUNDS_NO_POE: 'ma il certificato è scaduto o non ancora valido',
  CRYPTO_CONSTRAINTS_FAILURE_NO_POE: 'ma con un algoritmo non più ammesso',
}

const doubt = (subIndication: string | undefined): string =>
  (subIndication && DOUBTS[subIndication]) ?? 'ma la verifica della firma non è conclusa'
