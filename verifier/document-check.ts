import type { BundleFile } from '../server/bundles/bundle.ts'
import type { Verification } from '../server/signing/verification.ts'
import { verify } from '../server/signing/verify.ts'
import { documentsIn, shown, type Check, type Opened, type Outcome } from './check.ts'

/** What the municipality made itself must carry a seal that holds; what people sent is told as it is. */
const ISSUED = new Set(['receipt', 'letter', 'outcome'])
const SIGNABLE = /^application\/(pdf|pkcs7-mime|xml|vnd\.etsi\.asic-[es]\+zip|timestamped-data)$/

type Seen = Readonly<{ outcome: Outcome; text: string }>

/** The signatures of one document, verified anew. */
function checkDocument({ files, trust }: Opened, { path, document }: BundleFile): Seen | null {
  const open = files.get(path)
  if (!open || !document || !SIGNABLE.test(document.mediaType)) return null
  const verification = verify({ source: open(), name: document.name }, trust)
  const issued = ISSUED.has(document.kind)
  return { outcome: outcomeOf(verification, issued), text: `${shown(document.name)}: ${words(verification, issued)}` }
}

function outcomeOf({ verdict }: Verification, issued: boolean): Outcome {
  if (issued && (verdict === 'TOTAL-FAILED' || verdict === 'not-signed' || verdict === 'unreadable')) return 'failed'
  return issued && verdict === 'INDETERMINATE' ? 'unknown' : 'passed'
}

const VERDICTS: Readonly<Record<Verification['verdict'], string>> = {
  'TOTAL-PASSED': 'firma valida',
  INDETERMINATE: 'firma integra, da confermare',
  'TOTAL-FAILED': 'firma non valida',
  'not-signed': 'non firmato',
  unreadable: 'firma non leggibile',
}

/** Why a signature stays to be confirmed, where it is seen often; the rest by the names of EN 319 102-1. */
const DOUBTS: Readonly<Record<string, string>> = {
  NO_CERTIFICATE_CHAIN_FOUND: 'l’autorità che ha rilasciato il certificato non è conosciuta qui',
  OUT_OF_BOUNDS_NO_POE: 'il certificato è scaduto o non ancora valido',
  HASH_FAILURE: 'il documento è stato modificato dopo la firma',
}

function words({ verdict, signatures }: Verification, issued: boolean): string {
  const who = signatures.map(({ signedBy, subIndication }) => {
    const reason = subIndication === undefined ? '' : ` (${DOUBTS[subIndication] ?? subIndication})`
    return `${shown(signedBy.name) || 'firmatario non noto'}${reason}`
  })
  return `${VERDICTS[verdict]}${issued ? ' (emesso dall’ente)' : ''}${who.length > 0 ? `: ${who.join('; ')}` : ''}`
}

/** Every signature in the documents. A file that was broken when it came in is no defect of the bundle: it is the evidence. */
export function checkDocuments(opened: Opened): Check {
  const seen = documentsIn(opened.index).flatMap((file) => checkDocument(opened, file) ?? [])
  const outcomes = new Set(seen.map(({ outcome }) => outcome))
  return {
    id: 'documents',
    title: 'Firme e sigilli dei documenti',
    outcome: outcomes.has('failed') ? 'failed' : outcomes.has('unknown') ? 'unknown' : 'passed',
    details: seen.length > 0 ? seen.map(({ text }) => text) : ['Nessun documento porta una firma.'],
  }
}
