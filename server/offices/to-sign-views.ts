import type { Submitted } from '../filings/index.ts'
import { officeOf, type Municipality } from '../municipalities/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { formatDate, formatDateTime, type IsoDate } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { partyName } from '../shared/party.ts'
import { MOST_SIGNATURES, type LetterName, type SignatureOutcome, type WaitingLetter } from '../workflow/index.ts'
import type { Desk } from './desk-service.ts'
import { deskFrame, TO_SIGN, urgencyOf, type Besides } from './desk-views.ts'

type Input = {
  waiting: readonly WaitingLetter[]
  /** What was waiting before, to name what an outcome is about. */
  before: readonly WaitingLetter[]
  outcomes: readonly SignatureOutcome[]
  /** Values of the boxes that stay ticked. */
  ticked: readonly string[]
  errors: FormErrors
  hasKey: boolean
  /** The one-time code that the key asks for. */
  code: { isSent: boolean; most: number } | null
  /** A code has just been sent; `challenge` is what the service asks, if it asks something. */
  sent: { challenge: string | null } | null
  today: IsoDate
} & Pick<Besides, 'about' | 'annulled'>

/** The value of a box: the filing, and when the signature was asked for. */
export const boxOf = ({ filing }: WaitingLetter): string => `${filing.id} ${filing.toSign.at.toISOString()}`

/** What waits for this officer's signature, and what came of those just signed. */
export function toSignPage(municipality: Municipality, desk: Desk, input: Input) {
  const { waiting, before, outcomes, ticked, errors, hasKey, code, sent } = input
  const named = new Map([...before, ...waiting].map((one) => [one.filing.id as string, nameOf(one)]))
  return {
    ...deskFrame(municipality, desk, 'firme'),
    title: hasErrors(errors) ? 'Errore: Documenti da firmare' : 'Documenti da firmare',
    ...shownErrors(errors),
    error: { ...errors, ...refusedIn(outcomes) },
    hasKey,
    code: code && { isSent: code.isSent, note: `${CODE_NOTE[code.isSent ? 'sent' : 'made']} ${worthOf(code)}` },
    sent: sent && {
      text: sent.challenge ?? 'Arriva dove lo manda il gestore della tua firma, di solito sul telefono.',
    },
    rows: waiting.map((one) => row(one, municipality, input)),
    all: waiting.length > ticked.length && waiting.length > 1 ? `${TO_SIGN}?tutti=1` : null,
    full: waiting.length >= MOST_SIGNATURES ? MOST_SIGNATURES : null,
    outcomes: outcomes.map(({ id, letter, outcome, explanation }) => ({
      ...(letter ?? named.get(id) ?? NAMELESS),
      href: `/ufficio/pratiche/${id}`,
      state: OUTCOMES[outcome],
      explanation,
    })),
    summary: tallyOf(outcomes),
  }
}

/** What the key refused, beside its control: at the head the outcomes say it. */
const refusedIn = (outcomes: readonly SignatureOutcome[]): FormErrors =>
  Object.fromEntries(outcomes.flatMap(({ field, explanation }) => (field ? [[field, explanation ?? '']] : [])))

function tallyOf(outcomes: readonly SignatureOutcome[]) {
  const signed = outcomes.filter(({ outcome }) => outcome === 'signed').length
  const type = signed === outcomes.length ? 'success' : 'warning'
  return outcomes.length === 0 ? null : { type, text: tallyText(signed, outcomes.length) }
}

function tallyText(signed: number, of: number): string {
  if (signed === 0) return 'Nessun documento firmato'
  const documents = signed === 1 ? 'un documento' : `${formatFigure(signed)} documenti`
  return signed === of ? `Hai firmato ${documents}` : `Hai firmato ${documents} su ${formatFigure(of)}`
}

const CODE_NOTE = {
  sent: 'Premi «Inviami il codice» e scrivi quello che ricevi.',
  made: 'Lo mostra l’app o il dispositivo della tua firma.',
} as const

const worthOf = ({ most }: { most: number }): string =>
  most === 1
    ? 'Vale per un documento alla volta.'
    : `Un codice vale per tutti i documenti scelti insieme, ${most} al massimo.`

const OUTCOMES = {
  signed: { text: 'Firmato e inviato', tone: 'success' },
  failed: { text: 'Non firmato', tone: 'danger' },
  'not-tried': { text: 'Non provato', tone: 'waiting' },
} as const

/** What people call a letter that waits. */
export const nameOf = ({ label, filing }: Readonly<{ label: string; filing: Submitted }>): LetterName => ({
  label,
  protocol: formatProtocol(filing.protocol),
})

/** What is not theirs to see. */
const NAMELESS: LetterName = { label: 'Documento', protocol: '' }

function row(one: WaitingLetter, municipality: Municipality, { today, ticked, about, annulled }: Input) {
  const { filing } = one
  const { toSign } = filing
  const asked = encodeURIComponent(toSign.at.toISOString())
  return {
    ...nameOf(one),
    box: boxOf(one),
    ticked: ticked.includes(boxOf(one)),
    title: filing.procedure.title,
    about: about.get(filing.id) ?? '',
    annulled: annulled.has(filing.id),
    office: officeOf(municipality, filing.office).name,
    filer: partyName(filing.filer),
    principal: filing.principal && partyName(filing.principal),
    by: toSign.by.name,
    at: formatDateTime(toSign.at),
    due: formatDate(filing.due),
    urgency: urgencyOf(filing.due, today),
    href: `/ufficio/pratiche/${filing.id}`,
    letter: `/ufficio/firme/${filing.id}/documento?del=${asked}`,
    sendBack: `/ufficio/firme/${filing.id}/restituisci?del=${asked}`,
  }
}

/** Why a document goes back unsigned. */
export function sendBackPage(
  municipality: Municipality,
  desk: Desk,
  { action, label, protocol, errors, text }: LetterName & { action: string; errors: FormErrors; text: string },
) {
  const heading = 'Restituisci senza firmare'
  return {
    ...deskFrame(municipality, desk, 'firme'),
    title: hasErrors(errors) ? `Errore: ${heading}` : heading,
    heading,
    action,
    label,
    protocol,
    ...shownErrors(errors),
    text,
  }
}
