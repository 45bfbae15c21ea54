import { signatureViews } from '../filings/index.ts'
import { formatDate, formatDateTime } from '../shared/dates.ts'
import { formatSize } from '../shared/file-size.ts'
import { summaryOf } from '../shared/form-body.ts'
import { partyName } from '../shared/party.ts'
import type { OpenInvitation } from './cosigning-opening-service.ts'
import { endedWords, type InvitationStanding } from './invitation.ts'

/** Where the pages of a person who is asked to sign are. */
export const BASE = '/area-personale/firme'

const STATES: Readonly<Record<InvitationStanding, { text: string; tone: string }>> = {
  open: { text: 'Da firmare', tone: 'waiting' },
  signed: { text: 'Firmato', tone: 'success' },
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

const row = ({ invitation: { id, by, at }, standing, title, asked }: OpenInvitation) => ({
  href: `${BASE}/${id}`,
  title: asked?.file.name ?? title ?? 'Documento',
  facts: title ? `Per la richiesta «${title}»` : null,
  note: `Te lo chiede ${partyName(by)}, ${formatDate(at)}`,
  state: STATES[standing],
})

type Shown = Readonly<{ tabs: readonly object[]; error: string | null }>

/** One document to sign: what it is, who asks, and the way to send it back. Nothing else of the filing. */
export function cosignPage({ invitation, standing, title, asked }: OpenInvitation, { tabs, error }: Shown) {
  const { id, by, signer, at, closedAt } = invitation
  const heading = asked ? `Firma «${asked.file.name}»` : 'Documento da firmare'
  return {
    title: error ? `Errore: ${heading}` : heading,
    heading,
    tabs,
    state: STATES[standing],
    ended: endedWords(standing),
    error,
    errorSummary: error ? summaryOf([{ href: '#firmato', message: error }]) : null,
    rows: [
      { label: 'Te lo chiede', value: partyName(by) },
      ...(title ? [{ label: 'Per la richiesta', value: title }] : []),
      { label: 'Firmi come', value: signer.role },
      { label: 'Invito del', value: formatDateTime(at) },
      ...(standing === 'signed' && closedAt ? [{ label: 'Firmato il', value: formatDateTime(closedAt) }] : []),
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
          limits: `${asked.policy.formats.map((each) => FORMATS[each]).join(' o ')}, fino a ${formatSize(asked.upload.maxBytes)}`,
          accept: asked.upload.accept.includes('application/pkcs7-mime') ? '.pdf,.p7m' : '.pdf',
        }
      : null,
    back: BASE,
  }
}

const FORMATS = { PAdES: 'PDF firmato (PAdES)', CAdES: 'file .p7m (CAdES)' } as const
