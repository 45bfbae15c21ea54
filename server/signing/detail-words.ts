import type { SignatureReport, TimestampReport } from './verification.ts'

/** The details of a signature report in Italian, for who must judge it. Nothing here decides anything. */

const QUALIFICATIONS: Readonly<Record<string, string>> = {
  QESig: 'firma elettronica qualificata (vale come firma autografa: CAD art. 20 c. 1-bis)',
  QESeal: 'sigillo elettronico qualificato (eIDAS art. 35)',
  'AdESig-QC': 'firma elettronica avanzata con certificato qualificato, senza prova di un dispositivo sicuro',
  'AdESeal-QC': 'sigillo elettronico avanzato con certificato qualificato',
  AdESig: 'firma elettronica avanzata, senza certificato qualificato',
  AdESeal: 'sigillo elettronico avanzato, senza certificato qualificato',
  'N/A': 'nessuna: la firma non è valida',
}

export function qualificationWords({ qualification, trustedList }: SignatureReport): string {
  const isUncertain = qualification.startsWith('Indeterminate ')
  const name = QUALIFICATIONS[qualification.replace('Indeterminate ', '')] ?? 'non determinata'
  if (!isUncertain) return name
  return trustedList?.overdue === true
    ? `da confermare, perché la lista di fiducia in uso è scaduta; altrimenti ${name}`
    : `da confermare; se la verifica si conclude bene, ${name}`
}

const LEVELS: Readonly<Record<SignatureReport['level'], string>> = {
  none: 'nessun livello europeo (AdES)',
  B: 'base (B), senza marca temporale',
  T: 'con marca temporale (T)',
  LT: 'con marca temporale e dati per verificarla in futuro (LT)',
  LTA: 'con dati di verifica protetti da una marca temporale d’archivio (LTA)',
}

export const levelWords = ({ level }: SignatureReport): string => LEVELS[level]

const STAMPS: Readonly<Record<TimestampReport['kind'], string>> = {
  signature: 'Marca temporale sulla firma',
  document: 'Marca temporale sul documento',
  archive: 'Marca temporale d’archivio',
  content: 'Marca temporale sul contenuto, prima della firma',
}

export function timestampWords({ kind, indication, imprintIntact }: TimestampReport): { what: string; result: string } {
  if (!imprintIntact) return { what: STAMPS[kind], result: 'non valida: riguarda altri dati' }
  const results = {
    'TOTAL-PASSED': 'valida',
    INDETERMINATE: 'non verificata fino in fondo: non prova la data',
    'TOTAL-FAILED': 'non valida',
  } as const
  return { what: STAMPS[kind], result: results[indication] }
}

const CERTIFIED: Readonly<Record<1 | 2 | 3, string>> = {
  1: 'Chi ha firmato non ammette alcuna modifica.',
  2: 'Chi ha firmato ammette solo la compilazione di campi e altre firme.',
  3: 'Chi ha firmato ammette compilazione, altre firme e note.',
}

/** Whether the signature is over the file as it is now, and what its signer allowed after. */
export function coverageWords({ coversWholeDocument, modifications, docMdp }: SignatureReport): string {
  const covers = coversWholeDocument
    ? 'La firma copre l’intero file.'
    : modifications.length > 0
      ? 'Dopo la firma il file ha avuto le aggiunte elencate sotto.'
      : 'La firma non copre l’intero file.'
  return docMdp === null ? covers : `${covers} ${CERTIFIED[docMdp]}`
}

/** English sentence of the verifier → Italian; names of fields and keys stay as they are. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/^validation data added$/, 'aggiunti i dati per verificare la firma in futuro'],
  [/^document time stamp (“.*”) added$/, 'aggiunta la marca temporale $1'],
  [/^signature field (“.*”) added$/, 'aggiunto il campo di firma $1'],
  [/^signature field (“.*”) shown on page (\d+)$/, 'firma $1 resa visibile a pagina $2'],
  [/^invisible signature field (“.*”) on page (\d+)$/, 'campo di firma $1 invisibile a pagina $2'],
  [/^signature in field (“.*”) replaced or removed$/, 'firma del campo $1 sostituita o tolta'],
  [/^field (“.*”) signed$/, 'firmato il campo $1'],
  [/^field (“.*”) filled in$/, 'compilato il campo $1'],
  [/^field (“.*”) removed$/, 'tolto il campo $1'],
  [/^field group (“.*”) added$/, 'aggiunto il gruppo di campi $1'],
  [/^field (“.*”) added that shows an earlier signature$/, 'aggiunto il campo $1, che mostra una firma già presente'],
  [/^field (“.*”) added$/, 'aggiunto il campo $1'],
  [/^\/(\S+) of field (“.*”) changed$/, 'modificato il campo $2 ($1)'],
  [/^pages added, removed or put in another order$/, 'pagine aggiunte, tolte o spostate'],
  [/^\/(\S+) of page (\d+) changed$/, 'modificata la pagina $2 ($1)'],
  [/^field removed from page (\d+)$/, 'campo tolto da pagina $1'],
  [/^annotation removed from page (\d+)$/, 'nota tolta da pagina $1'],
  [/^\/(\S+) of an annotation on page (\d+) changed$/, 'modificata una nota a pagina $2 ($1)'],
  [/^annotation (\S+) added on page (\d+)$/, 'nota ($1) aggiunta a pagina $2: controlla che non copra il testo'],
  [/^field shown on page (\d+)$/, 'campo mostrato a pagina $1'],
  [/^blank bytes after the end$/, 'byte vuoti dopo la fine del file'],
  [/^the later revision cannot be read.*$/, 'una revisione successiva che non si riesce a leggere'],
  [/^document information changed$/, 'modificati i dati descrittivi del documento'],
  [/^\/(\S+) of the trailer changed$/, 'modificata la struttura del file ($1)'],
  [/^tags of a new signature field added$/, 'aggiunti i marcatori di accessibilità di una firma'],
  [/^\/(\S+) of the form changed$/, 'modificato il modulo ($1)'],
  [/^\/(\S+) of the document changed$/, 'modificato il documento ($1)'],
  [/^bytes appended outside any revision$/, 'byte aggiunti fuori da ogni revisione'],
  [/^fields without object number changed$/, 'modificati campi senza numero proprio'],
  [/^resources of the form changed$/, 'modificate le risorse del modulo'],
]

type Change = SignatureReport['modifications'][number]

const ALLOWED = (allowed: Change['allowed']): string => {
  if (allowed === 'flag') return 'da valutare'
  return allowed ? 'consentita' : 'non consentita'
}

/** What a later revision did, and whether it may. */
export function changeWords({ what, allowed }: Change): { text: string; verdict: string } {
  const known = CHANGES.find(([pattern]) => pattern.test(what))
  return { text: known ? what.replace(known[0], known[1]) : `altra modifica (${what})`, verdict: ALLOWED(allowed) }
}
