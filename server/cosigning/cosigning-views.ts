import { signatureViews } from '../filings/index.ts'
import { formatDate, formatDateTime } from '../shared/dates.ts'
import { formatSize } from '../shared/file-size.ts'
import { hasErrors, summaryOf, type FormErrors } from '../shared/form-body.ts'
import { partyName } from '../shared/party.ts'
import type { OpenInvitation } from './cosigning-opening-service.ts'
import { endedWords, LONGEST_REASON, type Invitation, type InvitationStanding } from './invitation.ts'

/** Where the pages of a person who is asked to sign are. */
export const BASE = '/area-personale/firme'

const STATES: Readonly<Record<InvitationStanding, { text: string; tone: string }>> = {
  open: { text: 'Da firmare', tone: 'waiting' },
  signed: { text: 'Firmato', tone: 'success' },
  declined: { text: 'Rifiutato', tone: 'neutral' },
  withdrawn: { text: 'Invito ritirato', tone: 'neutral' },
  lapsed: { text: 'Non serve più', tone: 'neutral' },
  sent: { text: 'Non serve più', tone: 'neutral' },
}

/** The list of documents to sign; what waits comes first. */
export function toCosignPage(all: readonly OpenInvitation[], tabs: readonly object[]) {
  const rows = (wanted: boolean) => all.filter(({ standing }) => (standing === 'open') === wanted).map(row)
  return {
    title: 'Documenti da firmare',
    intro: 'Documenti di altre persone che aspettano la tua firma digitale.',
    tabs,
    waiting: rows(true),
    ended: rows(false),
  }
}

const row = ({ invitation: { id, by, at }, standing, title, name }: OpenInvitation) => ({
  href: `${BASE}/${id}`,
  title: name ?? title ?? 'Documento',
  facts: title ? `Per la richiesta «${title}»` : null,
  note: `Te lo chiede ${partyName(by)}, ${formatDate(at)}`,
  state: STATES[standing],
})

/** What was sent and not taken: `errors` by name of control, and the reason as it was typed. */
export type Refused = Readonly<{ errors: FormErrors; reason: string }>

type Shown = Refused & Readonly<{ tabs: readonly object[] }>

/** One document to sign: what it is, who asks, and the ways to send it back or to say no. Nothing else of the filing. */
export function cosignPage(
  { invitation, standing, title, name, asked }: OpenInvitation,
  { tabs, errors, reason }: Shown,
) {
  const { id, by, signer, at } = invitation
  const heading = asked ? `Firma «${asked.file.name}»` : name === null ? 'Documento' : `Documento «${name}»`
  return {
    title: hasErrors(errors) ? `Errore: ${heading}` : heading,
    heading,
    tabs,
    state: STATES[standing],
    ended: endedWords(standing),
    error: errors,
    // An invitation that has ended has no form to lead to.
    errorSummary: summaryOf(
      Object.entries(errors).map(([name, message]) => ({ href: asked ? `#${name}` : null, message })),
    ),
    rows: [
      { label: 'Te lo chiede', value: partyName(by) },
      ...(title ? [{ label: 'Per la richiesta', value: title }] : []),
      { label: 'Firmi come', value: signer.role },
      { label: 'Invito del', value: formatDateTime(at) },
      ...closingRows(invitation),
    ],
    document: asked
      ? {
          version: asked.file.id,
          name: asked.file.name,
          size: formatSize(asked.file.size),
          sha256: asked.file.sha256,
          href: `${BASE}/${id}/documento`,
          signatures: asked.file.verification ? signatureViews(asked.file.verification) : [],
          action: `${BASE}/${id}`,
          maxBytes: asked.upload.maxBytes,
          maxSize: formatSize(asked.upload.maxBytes),
          limits: `${asked.policy.formats.map((each) => FORMATS[each]).join(' o ')}, fino a ${formatSize(asked.upload.maxBytes)}`,
          accept: asked.upload.accept.includes('application/pkcs7-mime') ? '.pdf,.p7m' : '.pdf',
        }
      : null,
    decline: asked ? { action: declineAddress(id), by: partyName(by), longest: LONGEST_REASON, reason } : null,
    back: BASE,
  }
}

/** Where a signer says no. */
export const declineAddress = (id: string): string => `${BASE}/${id}/rifiuta`

function closingRows({ state, closedAt, reason }: Invitation) {
  if (closedAt === null || (state !== 'signed' && state !== 'declined')) return []
  return [
    { label: state === 'signed' ? 'Firmato il' : 'Rifiutato il', value: formatDateTime(closedAt) },
    ...(reason === null ? [] : [{ label: 'Perché', value: reason }]),
  ]
}

const FORMATS = { PAdES: 'PDF firmato (PAdES)', CAdES: 'file .p7m (CAdES)' } as const
