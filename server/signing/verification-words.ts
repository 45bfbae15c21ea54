import type { SubIndication } from '../certificates/index.ts'
import type { SignatureReport, Verdict, Verification } from './verification.ts'

/** Traffic light of a report, never the only sign: the title says the same in words. */
export type Light = 'green' | 'yellow' | 'red' | 'grey'

type Words = Readonly<{
  light: Light
  /** What it is worth, in a few words. */
  title: string
  /** Why, and what to do, in one or two sentences; empty when there is nothing to add. */
  reason: string
}>

/** What a clerk reads for each sub-indication (signatures-and-pdf.md §7): the fact first, then what it means for the filing. */
const REASONS: Readonly<Record<SubIndication, string>> = {
  FORMAT_FAILURE:
    'Il file non rispetta la struttura prevista oppure è stato modificato dopo la firma in un modo non consentito.',
  HASH_FAILURE: 'Il contenuto non è quello che è stato firmato.',
  SIG_CRYPTO_FAILURE: 'Il valore della firma non corrisponde al contenuto e al certificato.',
  REVOKED:
    'La marca temporale sul contenuto prova che la firma è stata apposta dopo la revoca o la sospensione del certificato (CAD art. 24 c. 4-bis).',
  EXPIRED: 'La marca temporale sul contenuto prova che la firma è stata apposta dopo la scadenza del certificato.',
  NOT_YET_VALID: 'Il certificato non era ancora valido al momento della marca temporale della firma.',
  SIGNED_DATA_NOT_FOUND: 'La firma riguarda un file che non è stato allegato: chiedi anche il documento firmato.',
  NO_SIGNING_CERTIFICATE_FOUND: 'La firma non contiene il certificato di chi ha firmato.',
  NO_CERTIFICATE_CHAIN_FOUND:
    'Il certificato non è stato emesso da un’autorità presente nelle liste in uso: potrebbe essere una firma avanzata (CIE, CNS) o estera.',
  CERTIFICATE_CHAIN_GENERAL_FAILURE: 'La catena dei certificati ha un difetto.',
  CHAIN_CONSTRAINTS_FAILURE: 'Il certificato non è destinato a firmare documenti.',
  REVOKED_NO_POE: 'Il certificato risulta revocato o sospeso e nulla prova che la firma sia precedente.',
  REVOKED_CA_NO_POE:
    'Il certificato di un’autorità della catena risulta revocato e nulla prova che la firma sia precedente.',
  OUT_OF_BOUNDS_NO_POE:
    'Il certificato è scaduto, o non è ancora valido, e nulla prova che la firma sia stata apposta nel periodo di validità.',
  OUT_OF_BOUNDS_NOT_REVOKED:
    'Il certificato è scaduto ma non risulta revocato: serve una prova che la firma sia precedente alla scadenza.',
  CRYPTO_CONSTRAINTS_FAILURE: 'La firma usa un algoritmo che non era più sicuro quando è stata apposta.',
  CRYPTO_CONSTRAINTS_FAILURE_NO_POE: 'La firma usa un algoritmo non più sicuro e nulla prova quando è stata apposta.',
  SIG_CONSTRAINTS_FAILURE:
    'Alla firma manca una proprietà richiesta, oppure il file contiene modifiche successive da valutare.',
  POLICY_PROCESSING_ERROR: 'La firma segue una regola che non è stato possibile applicare.',
  SIGNATURE_POLICY_NOT_AVAILABLE: 'La firma segue una regola propria che non è disponibile qui.',
  TIMESTAMP_ORDER_FAILURE: 'Le marche temporali sono in un ordine impossibile.',
  TRY_LATER:
    'Non è stato possibile sapere ora se il certificato è revocato: la verifica sarà ripetuta. La pratica non si ferma.',
}

const isSubIndication = (name: string): name is SubIndication => Object.hasOwn(REASONS, name)

/** How one signature reads (§7, Italian reading for the operator). */
export function signatureWords({ indication, subIndication = '', qualification }: SignatureReport): Words {
  const reason = isSubIndication(subIndication) ? REASONS[subIndication] : ''
  if (indication === 'TOTAL-FAILED') return { light: 'red', title: 'Firma non valida', reason }
  if (indication === 'INDETERMINATE') return { light: 'yellow', title: 'Verifica non conclusa', reason }
  return { light: 'green', title: PASSED[qualification] ?? 'Firma elettronica integra', reason: '' }
}

const PASSED: Readonly<Record<string, string>> = {
  QESig: 'Firma digitale valida',
  QESeal: 'Sigillo elettronico qualificato valido',
  'AdESig-QC': 'Firma elettronica avanzata con certificato qualificato',
  'AdESeal-QC': 'Sigillo elettronico avanzato con certificato qualificato',
  AdESig: 'Firma elettronica avanzata valida',
  AdESeal: 'Sigillo elettronico avanzato valido',
}

const WITHOUT: Readonly<Record<Extract<Verdict, 'not-signed' | 'unreadable'>, Words>> = {
  'not-signed': { light: 'grey', title: 'Nessuna firma', reason: 'Il file non contiene firme elettroniche.' },
  unreadable: {
    light: 'red',
    title: 'File non leggibile',
    reason: 'Il file è danneggiato, incompleto o non è del tipo che il nome indica: chiedi di inviarlo di nuovo.',
  },
}

/** How a whole file reads: as its worst signature, told once. */
export function verificationWords({ verdict, signatures }: Verification): Words {
  if (verdict === 'not-signed' || verdict === 'unreadable') return WITHOUT[verdict]
  const worst = signatures.find(({ indication }) => indication === verdict)
  return worst ? signatureWords(worst) : { light: 'yellow', title: 'Verifica non conclusa', reason: '' }
}

const WARNINGS: Readonly<Record<string, string>> = {
  encrypted: 'Il documento è protetto da password o da restrizioni: chiedine una copia senza protezione.',
  xfa: 'Il documento è un modulo dinamico (XFA): il contenuto può cambiare da un lettore all’altro.',
  javascript: 'Il documento contiene istruzioni che si eseguono da sole (JavaScript).',
  launch: 'Il documento può avviare programmi sul computer di chi lo apre.',
  submit: 'Il documento può inviare dati altrove.',
  executable: 'Nel documento è allegato un programma.',
  attachment: 'Nel documento sono allegati altri file.',
  external: 'Il documento rimanda a file esterni.',
  media: 'Il documento contiene video, suoni o oggetti 3D.',
  partial: 'Nel contenitore ci sono file che non sono coperti da tutte le firme.',
  broken: 'Alcune parti del documento non si possono leggere.',
}

/** The warnings of a report that are for a person, in Italian, whatever the layer; the others are for the log. */
export const warningWords = (report: Verification): string[] => [
  ...new Set(warningsOf(report).flatMap((warning) => WARNINGS[warning.split(':')[0] ?? ''] ?? [])),
]

const warningsOf = ({ warnings, content }: Verification): string[] => [
  ...warnings,
  ...(content?.nested ? warningsOf(content.nested) : []),
]
