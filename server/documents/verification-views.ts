import { formatDate, formatDateTime, formatLongDate, romeTime, withDay } from '../shared/dates.ts'
import type { StoredDocument } from './document.ts'
import { shownErrors } from '../shared/form-body.ts'
import { formatProtocol } from '../shared/protocol-number.ts'
import { formatSize } from '../shared/file-size.ts'
import type { ConfidentialFacts, SecondCodeTry, VerificationFacts } from './verification.ts'

type Tone = 'success' | 'warning' | 'danger'
type Answer = Readonly<{ tone: Tone; title: string; text: string }>

export type VerificationPage = Readonly<{
  title: string
  heading: string
  breadcrumb: readonly Readonly<{ text: string; href?: string }>[]
  answer: Answer | null
  facts: readonly Readonly<{ label: string; value: string }>[]
  /** The question for the second code; null where there is nothing behind it. */
  second: Readonly<{ action: string; error: string | null }> | null
  /** What the second code opened. */
  details: ConfidentialView | null
  /** What stands in the two fields. */
  typed: Readonly<{ code: string; fingerprint: string }>
}> &
  ReturnType<typeof shownErrors>

type ConfidentialView = Readonly<{
  facts: VerificationPage['facts']
  documents: readonly Readonly<{ name: string; size: string; sha256: string }>[]
  /** Where the receipt itself is had, with the code that was right. */
  download: Readonly<{ action: string; code: string }> | null
}>

const TITLE = 'Verifica un documento'

const page = (parts: Partial<VerificationPage>): VerificationPage => ({
  title: TITLE,
  heading: TITLE,
  breadcrumb: [{ text: TITLE }],
  answer: null,
  facts: [],
  second: null,
  details: null,
  typed: { code: '', fingerprint: '' },
  ...shownErrors({}),
  ...parts,
})

export const startPage = (): VerificationPage => page({})

/** By the code on the document. The same page for a code that never was and for one of another municipality. */
export function codePage(code: string, facts: VerificationFacts | undefined): VerificationPage {
  const typed = { code, fingerprint: '' }
  if (!facts) {
    const title = 'Nessun documento con questo codice'
    const text =
      'Controlla di averlo copiato per intero, distinguendo maiuscole e minuscole. Se è giusto, il documento non è nostro.'
    return page({ typed, answer: { tone: 'danger', title, text } })
  }
  return page({
    typed,
    answer: answerOf(facts),
    facts: factsOf(facts),
    // Back to the question or its answer, also without a script: the page is long on a telephone.
    second: { action: `/verifica/${code}#riservato`, error: null },
  })
}

/** One answer for a wrong code and for a document that has no second code. */
export const wrongCodePage = (code: string, facts: VerificationFacts | undefined): VerificationPage =>
  refusedPage(
    codePage(code, facts),
    'Con questo codice riservato non c’è nulla da mostrare. Controlla di averlo copiato per intero, senza scambiare lettere e cifre.',
  )

export const TOO_MANY_TRIES =
  'Troppi tentativi da questa rete: per proteggere chi ha presentato la richiesta bisogna aspettare un quarto d’ora, poi riprovare.'

/** After too many tries, whether the last one was right or not. */
export const closedPage = (code: string, facts: VerificationFacts | undefined): VerificationPage =>
  refusedPage(codePage(code, facts), TOO_MANY_TRIES)

const refusedPage = (shown: VerificationPage, error: string): VerificationPage =>
  shown.second ? { ...shown, title: `Errore: ${TITLE}`, second: { ...shown.second, error } } : shown

/** With both codes: parties, documents and the receipt. */
export function confidentialPage(
  { code, secondCode }: Pick<SecondCodeTry, 'code' | 'secondCode'>,
  facts: VerificationFacts | undefined,
  { subject, parties, documents, receipt }: ConfidentialFacts,
): VerificationPage {
  return {
    ...codePage(code, facts),
    second: null,
    details: {
      facts: [{ label: 'Oggetto', value: subject }, ...parties.map(({ role, name }) => ({ label: role, value: name }))],
      documents: documents.map(({ name, size, sha256 }) => ({ name, size: formatSize(size), sha256 })),
      download: receipt && { action: `/verifica/${code}/documento`, code: secondCode },
    },
  }
}

function answerOf({ municipality, seal, annulledAt }: VerificationFacts): Answer {
  if (!seal) {
    const text = 'Il documento è registrato; il suo sigillo non è ancora stato apposto. Riprova tra qualche minuto.'
    return { tone: 'warning', title: 'Documento in preparazione', text }
  }
  if (!seal.intact) {
    const text = `Il sigillo non risulta integro. Chiedi all’ufficio una nuova copia del documento.`
    return { tone: 'danger', title: 'Sigillo non valido', text }
  }
  if (annulledAt) {
    return annulled(`Il documento è stato emesso dal ${municipality}`, annulledAt)
  }
  return {
    tone: 'success',
    title: `Documento emesso dal ${municipality}`,
    text: 'I dati qui sotto devono essere uguali a quelli sul documento che hai in mano.',
  }
}

const annulled = (issued: string, at: Date): Answer => ({
  tone: 'warning',
  title: 'Protocollo annullato',
  text: `${issued}, ma la sua registrazione di protocollo è stata annullata ${withDay('il', formatDate(at))}. Che cosa comporta lo dice l’ufficio.`,
})

function factsOf({ municipality, office, protocol, kind, seal, sha256 }: VerificationFacts): VerificationPage['facts'] {
  return [
    { label: 'Documento', value: kind },
    { label: 'Protocollo', value: formatProtocol(protocol) },
    { label: 'Data e ora', value: `${formatLongDate(protocol.at)}, ore ${romeTime(protocol.at)}` },
    { label: 'Ente', value: municipality },
    { label: 'Ufficio', value: office },
    ...(seal ? [{ label: 'Sigillo elettronico', value: sealed(seal) }] : []),
    ...(sha256 === null ? [] : [{ label: 'Impronta SHA-256', value: sha256 }]),
  ]
}

function sealed({ intact, signedBy, signingTime }: NonNullable<VerificationFacts['seal']>): string {
  const when = signingTime === null ? '' : `, ${formatDateTime(new Date(signingTime))}`
  return `${intact ? 'integro' : 'non valido'}, di ${signedBy}${when}`
}

/** A document of ours; `annulledAt`: when its number was annulled. */
type Issued = Readonly<{ document: StoredDocument; annulledAt: Date | null }>

/** By a file's fingerprint: did it leave us, byte for byte? */
export function fingerprintPage(
  fingerprint: string,
  issued: Issued | undefined,
  municipality: string,
): VerificationPage {
  return page({ typed: { code: '', fingerprint }, answer: fingerprintAnswer(issued, municipality) })
}

const KIND: Readonly<Record<string, readonly [what: string, identical: string]>> = {
  receipt: ['una ricevuta', 'identica'],
  letter: ['una comunicazione', 'identica'],
  outcome: ['un provvedimento', 'identico'],
  segnatura: ['una segnatura di protocollo', 'identica'],
  'marked-copy': ['una copia con segnatura di protocollo', 'identica'],
}

/** The same answer for the check in the browser. */
export function fingerprintAnswer(issued: Issued | undefined, municipality: string): Answer {
  if (!issued) {
    const text = `Nessun documento emesso dal ${municipality} ha questa impronta. Un file modificato, anche solo aperto e salvato di nuovo, o la scansione di una stampa hanno un’impronta diversa: in questo caso usa il codice sul documento.`
    return { tone: 'danger', title: 'Questo file non è stato emesso da noi', text }
  }
  const { document, annulledAt } = issued
  const [what, identical] = KIND[document.kind] ?? ['un documento', 'identico']
  const which = `${what} ${withDay('del', formatDate(document.createdAt))}`
  if (annulledAt) return annulled(`Questo file è ${which} del ${municipality}`, annulledAt)
  return {
    tone: 'success',
    title: `Questo file è stato emesso dal ${municipality}`,
    text: `È ${which}, ${identical} all’originale byte per byte.`,
  }
}

/** What was typed is neither a code nor a fingerprint. */
export function unreadablePage(what: 'code' | 'fingerprint', text: string): VerificationPage {
  const typed = { code: '', fingerprint: '', [what]: text }
  const errors = what === 'fingerprint' ? { impronta: fingerprintError(text) } : { codice: codeError(text) }
  return page({ title: `Errore: ${TITLE}`, typed, ...shownErrors(errors) })
}

const fingerprintError = (typed: string): string =>
  typed.trim() === ''
    ? 'Scrivi l’impronta del file.'
    : 'L’impronta non è completa: ha 64 caratteri, cifre e lettere dalla a alla f.'

function codeError(typed: string): string {
  const place = 'alla fine dell’indirizzo stampato accanto al riquadro QR'
  if (typed.trim() === '') return `Scrivi il codice: è ${place}.`
  // It is what people have at hand, and nobody may look papers up by it.
  if (/^[\d\s]+\/\s*\d{4}$/.test(typed.trim()))
    return `Questo è il numero di protocollo. Qui serve il codice, che è ${place}.`
  return `Il codice non è completo: è ${place}. Copialo per intero.`
}
