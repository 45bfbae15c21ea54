import {
  actingView,
  annulledText,
  fileView,
  historyParts,
  isConcluded,
  newestFirst,
  purposesOf,
  stateView,
  type OpenFiling,
  type Submitted,
} from '../filings/index.ts'
import { summaryView } from '../forms/index.ts'
import type { Login } from '../identity/index.ts'
import { officeOf, type Municipality } from '../municipalities/index.ts'
import { relatedServices, type ProcedureVersion, type Transition } from '../procedures/index.ts'
import { formatProtocol } from '../protocol/index.ts'
import { keyOfUse, ratingForm } from '../ratings/index.ts'
import { partyName } from '../shared/party.ts'
import { lastEventNumber, requestOf } from '../workflow/index.ts'
import { overdueOf } from './overdue.ts'

/** The page of one filing for whoever filed it, or for whom it was filed: state, what comes next and by when, what was declared, documents, who works on it. */
export function filingPage(
  open: OpenFiling,
  municipality: Municipality,
  transitions: readonly Pick<Transition, 'id' | 'label' | 'event'>[],
) {
  const { filing, procedure, files, actor } = open
  const office = officeOf(municipality, filing.office)
  const purposes = purposesOf(open)
  const linkOf = ({ id, label }: Pick<Transition, 'id' | 'label'>) => ({
    label,
    href: `/pratiche/${filing.id}/passo/${id}?visti=${lastEventNumber(open)}`,
  })
  return {
    title: `Pratica ${formatProtocol(filing.protocol)} - ${filing.procedure.title}`,
    breadcrumb: [{ text: 'Area personale', href: '/area-personale' }, { text: filing.procedure.title }],
    procedureTitle: filing.procedure.title,
    // Whoever gave a mandate reads who used it.
    filer: filing.owner === actor.owner ? null : partyName(filing.filer),
    acting: actingView(filing),
    protocol: formatProtocol(filing.protocol),
    submittedAt: filing.protocol.at,
    state: stateView(filing),
    due: isConcluded(filing) ? null : filing.due,
    annulled: annulledText(open),
    overdue: overdueOf(open, municipality),
    ...historyParts(open, { inside: false }),
    request: requestOf(open),
    steps: transitions.filter(({ event }) => !UNASKED.has(event)).map(linkOf),
    // Apart from the answers that the office waits for.
    attestations: transitions.filter(({ event }) => event === 'attestation-requested').map(linkOf),
    withdrawals: transitions.filter(({ event }) => event === 'withdrawn').map(linkOf),
    sections: summaryView(procedure.form, filing.answers, { files }),
    files: newestFirst(files).map((file) => fileView(file, `/pratiche/${filing.id}/documenti`, purposes.get(file.id))),
    receipt: filing.receipt ? `/pratiche/${filing.id}/documenti/${filing.receipt}` : null,
    bundle: `/pratiche/${filing.id}/fascicolo.zip`,
    verification: `/verifica/${filing.verificationCode}`,
    office,
    assignedTo: filing.assignedTo?.name ?? null,
  }
}

/** What a person may do without having been asked. */
const UNASKED: ReadonlySet<Transition['event']> = new Set<Transition['event']>(['attestation-requested', 'withdrawn'])

type Facts = Readonly<{
  municipality: Municipality
  services: readonly ProcedureVersion[]
  /** Who reads, by which login, and what their session alone knows. */
  reader: Readonly<{ login: Login; session: string }>
}>

/** Whether this login sent it: they say how easy it was now, and once. */
const isJustUsed = ({ owner, evidence }: Submitted, { person, at }: Login): boolean =>
  person.key === owner && at.getTime() === evidence.loginAt.getTime()

/** The page that follows a sending, the last of its service: number, day of the answer, what comes next. */
export function confirmationPage(open: OpenFiling, { municipality, services, reader }: Facts) {
  const { filing, procedure } = open
  const { key } = reader.login.person
  const title = procedure.kind === 'segnalazione' ? 'Segnalazione inviata' : 'Richiesta inviata'
  return {
    title,
    breadcrumb: [
      { text: 'Servizi', href: '/servizi' },
      { text: procedure.title, href: `/servizi/${procedure.id}` },
      { text: title },
    ],
    rating: isJustUsed(filing, reader.login)
      ? ratingForm({ kind: 'service', id: filing.procedure.id }, { key: keyOfUse(reader.session, filing.id) })
      : null,
    procedureTitle: filing.procedure.title,
    acting: actingView(filing),
    protocol: formatProtocol(filing.protocol),
    at: filing.protocol.at,
    due: filing.due,
    ...historyParts(open, { inside: false }),
    related: relatedServices(procedure, services),
    office: officeOf(municipality, filing.office),
    email: key === filing.owner && 'email' in filing.filer ? filing.filer.email : null,
    receipt: filing.receipt ? `/pratiche/${filing.id}/documenti/${filing.receipt}` : null,
    href: `/pratiche/${filing.id}`,
  }
}
