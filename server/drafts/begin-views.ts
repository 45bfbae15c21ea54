import type { ListedDraft } from '../filings/index.ts'
import { journey } from '../forms/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { privacyNotice, type ProcedureVersion } from '../procedures/index.ts'
import { formatDateTime } from '../shared/dates.ts'
import { consentTitle, draftBreadcrumb, type StepLink } from './draft-views.ts'

/** Of a hundred drafts of one procedure a person wants one of the last. */
export const MOST_DRAFTS = 5

export function privacyPage(
  procedure: ProcedureVersion,
  municipality: Municipality,
  { key, drafts }: { key: string; drafts: readonly ListedDraft[] },
) {
  const visible = journey(procedure.form, {}).filter(({ state }) => state !== 'skipped')
  const consent = consentTitle(procedure)
  const titles = [consent, ...visible.map(({ title }) => title), 'Riepilogo']
  return {
    title: `${consent} (1 di ${titles.length}) - ${procedure.title}`,
    heading: procedure.title,
    breadcrumb: draftBreadcrumb(procedure),
    steps: titles.map((title, index): StepLink => ({
      title,
      number: index + 1,
      state: index === 0 ? 'current' : 'todo',
    })),
    position: 1,
    total: titles.length,
    action: `/servizi/${procedure.id}/avvia`,
    key,
    notice: privacyNotice(procedure, municipality),
    drafts: drafts.slice(0, MOST_DRAFTS).map((draft) => ({
      href: `/pratiche/${draft.id}`,
      date: formatDateTime(draft.updatedAt),
    })),
    otherDrafts: drafts.length > MOST_DRAFTS ? '/area-personale/pratiche?stato=bozze' : null,
  }
}
