import type { StoredDocument } from '../documents/index.ts'
import { formatDate } from '../shared/dates.ts'
import { hasErrors, shownErrors, type FormErrors } from '../shared/form-body.ts'
import { partyName } from '../shared/party.ts'
import type { Titles } from './mandate-form.ts'
import { facts } from './mandate-views.ts'
import type { Mandate } from './mandate.ts'

export const REVIEW_BASE = '/ufficio/deleghe'

/** Powers of attorney that wait for an officer, oldest first. */
export const reviewsPage = (mandates: readonly Mandate[]) => ({
  title: 'Procure da esaminare',
  rows: mandates.map((mandate) => ({
    href: `${REVIEW_BASE}/${mandate.id}`,
    principal: partyName(mandate.principal),
    proxy: partyName(mandate.proxy),
    date: mandate.events[0] ? formatDate(mandate.events[0].at) : '',
  })),
})

type Shown = { files: readonly StoredDocument[]; choices: Titles; errors: FormErrors; reason: string }

export function reviewPage(mandate: Mandate, { files, choices, errors, reason }: Shown) {
  const heading = `Procura di ${partyName(mandate.principal)} a ${partyName(mandate.proxy)}`
  return {
    title: hasErrors(errors) ? `Errore: ${heading}` : heading,
    heading,
    back: { href: REVIEW_BASE, text: 'Torna all’elenco' },
    ...facts(mandate, choices, { base: REVIEW_BASE, files }),
    action: `${REVIEW_BASE}/${mandate.id}`,
    ...shownErrors(errors),
    reason,
  }
}
